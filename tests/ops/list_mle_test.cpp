#include "framework/ops/list_mle.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"
#include "tests/ops/list_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(Operand scores, Operand labels, Value weights) {
  return list_mle(scores, labels, weights);
}

const OpCases kCases({
    .op = "list_mle",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return build_list_loss(loss, x); },
    .cases = list_loss_cases(),
});

TEST_CASE("reference: list_mle is its paper's, ties, padding and weights included") {
  check_list_loss("list_mle", loss);
}

TEST_CASE("list_mle takes lists, and never broadcasts") { check_takes_lists("list_mle", loss); }

TEST_CASE("list_mle stays finite for large scores") {
  const auto of = [](const Values& x) { return loss(x[0], x[1], Value()); };
  CHECK(evaluate(of, {tensor({1, 2}, {1e4F, -1e4F}), tensor({1, 2}, {0, 1})})[0] == 2e4F);
  CHECK(evaluate(of, {tensor({1, 2}, {1e4F, -1e4F}), tensor({1, 2}, {1, 0})})[0] == 0);
}

}  // namespace
}  // namespace gradus::tests
