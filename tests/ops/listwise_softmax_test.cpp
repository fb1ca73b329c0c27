#include "framework/ops/listwise_softmax.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"
#include "tests/ops/list_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(Operand scores, Operand labels, Value weights) {
  return listwise_softmax(scores, labels, weights);
}

/// Its labels are differentiated.
std::vector<OpCase> cases() {
  std::vector<OpCase> out = list_loss_cases();
  for (OpCase& op_case : out) {
    op_case.inputs[1] = numbers(op_case.inputs[1].shape, 0.0F, 2.0F);
  }
  return out;
}

const OpCases kCases({
    .op = "listwise_softmax",
    .attributes = {"note"},
    .build = [](const Values& x,
                const Attributes&) { return loss(x[0], x[1], x.size() > 2 ? x[2] : Value()); },
    .cases = cases(),
});

TEST_CASE("reference: listwise_softmax is its paper's, ties, padding and weights included") {
  check_list_loss("listwise_softmax", loss);
}

TEST_CASE("listwise_softmax takes lists, and never broadcasts") {
  check_takes_lists("listwise_softmax", loss);
}

TEST_CASE("listwise_softmax stays finite for large scores") {
  const auto of = [](const Values& x) { return loss(x[0], x[1], Value()); };
  CHECK(evaluate(of, {tensor({1, 2}, {1e4F, -1e4F}), tensor({1, 2}, {0, 1})})[0] == 2e4F);
  CHECK(evaluate(of, {tensor({1, 2}, {1e4F, -1e4F}), tensor({1, 2}, {1, 0})})[0] == 0);
}

}  // namespace
}  // namespace gradus::tests
