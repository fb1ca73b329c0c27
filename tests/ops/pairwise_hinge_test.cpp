#include "framework/ops/pairwise_hinge.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"
#include "tests/ops/list_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(Operand scores, Operand labels, Value weights) {
  return pairwise_hinge(scores, labels, weights);
}

const OpCases kCases({
    .op = "pairwise_hinge",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return build_list_loss(loss, x); },
    // No two scores are 1 apart, where the kink is.
    .cases = list_loss_cases(-2.0F, 2.0F, 1.2F),
});

TEST_CASE("reference: pairwise_hinge is its paper's, ties, padding and weights included") {
  check_list_loss("pairwise_hinge", loss);
}

TEST_CASE("pairwise_hinge takes lists, and never broadcasts") {
  check_takes_lists("pairwise_hinge", loss);
}

}  // namespace
}  // namespace gradus::tests
