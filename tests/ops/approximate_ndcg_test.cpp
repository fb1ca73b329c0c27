#include "framework/ops/approximate_ndcg.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"
#include "tests/ops/list_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(Operand scores, Operand labels, Value weights) {
  return approximate_ndcg(scores, labels, weights);
}
/// So flat that differences see the curvature of the sigmoid.
Value flat(Operand scores, Operand labels, Value weights) {
  return approximate_ndcg(scores, labels, weights, 1.0);
}

const OpCases kCases({
    .op = "approximate_ndcg",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return build_list_loss(flat, x); },
    .cases = list_loss_cases(),
});

TEST_CASE("reference: approximate_ndcg is its paper's, ties, padding and weights included") {
  check_list_loss("approximate_ndcg", loss);
}

TEST_CASE("approximate_ndcg takes lists, and never broadcasts") {
  check_takes_lists("approximate_ndcg", loss);
}

TEST_CASE("approximate_ndcg refuses a temperature that is not above 0") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { approximate_ndcg(x, x, Value(), 0.0); }) ==
        "approximate_ndcg: temperature must be above 0, not 0");
}

}  // namespace
}  // namespace gradus::tests
