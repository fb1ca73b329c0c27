#include "framework/ops/subtract.h"

#include <doctest/doctest.h>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "subtract",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return x[0] - x[1]; },
    .cases = binary_cases(),
});

TEST_CASE("subtract refuses shapes that do not broadcast") {
  Graph graph;
  const Value a = graph.input("a", {4, 3});
  const Value b = graph.input("b", {2});
  CHECK(refusal([&] { a - b; }) ==
        "subtract: shapes [4, 3] and [2] do not broadcast (axis 1: 3 against 2)");
}

}  // namespace
}  // namespace gradus::tests
