#include "framework/ops/divide.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "divide",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return x[0] / x[1]; },
    .cases = binary_cases(-2.0F, 2.0F, 0.3F),
});

TEST_CASE("divide refuses shapes that do not broadcast") {
  Graph graph;
  const Value a = graph.input("a", {4, 3});
  const Value b = graph.input("b", {2});
  CHECK(refusal([&] { a / b; }) ==
        "divide: shapes [4, 3] and [2] do not broadcast (axis 1: 3 against 2)");
}

TEST_CASE("divide by zero is infinite or not a number") {
  const auto quotient = evaluate([](const Values& x) { return x[0] / x[1]; },
                                 {tensor({3}, {1, -1, 0}), tensor({3}, {0, 0, 0})});
  CHECK(quotient[0] == std::numeric_limits<float>::infinity());
  CHECK(quotient[1] == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(quotient[2]));
}

}  // namespace
}  // namespace gradus::tests
