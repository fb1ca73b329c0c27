#include "framework/ops/multiply.h"

#include <doctest/doctest.h>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "multiply",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return x[0] * x[1]; },
    .cases = binary_cases(),
});

TEST_CASE("multiply refuses shapes that do not broadcast") {
  Graph graph;
  const Value a = graph.input("a", {4, 3});
  const Value b = graph.input("b", {2});
  CHECK(refusal([&] { a* b; }) ==
        "multiply: shapes [4, 3] and [2] do not broadcast (axis 1: 3 against 2)");
}

TEST_CASE("multiply: the gradient of x * x is 2 x") {
  const auto dx = gradient([](const Values& x) { return x[0] * x[0]; }, {tensor({3}, {1, -2, 5})});
  CHECK(dx == std::vector<float>{2, -4, 10});
}

}  // namespace
}  // namespace gradus::tests
