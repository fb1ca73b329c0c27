#include "framework/ops/add.h"

#include <doctest/doctest.h>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "add",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return x[0] + x[1]; },
    .cases = binary_cases(),
});

TEST_CASE("add refuses shapes that do not broadcast") {
  Graph graph;
  const Value a = graph.input("a", {4, 3});
  const Value b = graph.input("b", {2});
  CHECK(refusal([&] { a + b; }) ==
        "add: shapes [4, 3] and [2] do not broadcast (axis 1: 3 against 2)");
}

TEST_CASE("add refuses a batch against a constant, and a column against a vector of the batch") {
  Graph graph;
  const Value rows = graph.input("rows", {kBatch, 3});
  const Value constant = graph.input("constant", {4, 3});
  const Value two = graph.input("two", {{2, true}, 3});
  CHECK(refusal([&] { rows + constant; }) ==
        "add: shapes [batch, 3] and [4, 3] do not broadcast (axis 0: batch against 4)");
  CHECK(refusal([&] { rows + two; }) ==
        "add: shapes [batch, 3] and [2*batch, 3] do not broadcast (axis 0: batch against 2*batch)");
}

}  // namespace
}  // namespace gradus::tests
