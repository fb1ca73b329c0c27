#include "framework/ops/pairwise_logistic.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"
#include "tests/ops/list_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(Operand scores, Operand labels, Value weights) {
  return pairwise_logistic(scores, labels, weights);
}

const OpCases kCases({
    .op = "pairwise_logistic",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return build_list_loss(loss, x); },
    .cases = list_loss_cases(),
});

TEST_CASE("reference: pairwise_logistic is its paper's, ties, padding and weights included") {
  check_list_loss("pairwise_logistic", loss);
}

TEST_CASE("pairwise_logistic takes lists, and never broadcasts") {
  check_takes_lists("pairwise_logistic", loss);
}

TEST_CASE("pairwise_logistic stays finite for large differences") {
  const auto of = [](const Values& x) { return loss(x[0], x[1], Value()); };
  CHECK(evaluate(of, {tensor({1, 2}, {1e4F, -1e4F}), tensor({1, 2}, {0, 1})})[0] == 2e4F);
  CHECK(evaluate(of, {tensor({1, 2}, {1e4F, -1e4F}), tensor({1, 2}, {1, 0})})[0] == 0);
}

}  // namespace
}  // namespace gradus::tests
