#include "framework/ops/minimum.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "minimum",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return minimum(x[0], x[1]); },
    .cases = apart(binary_cases()),
});

TEST_CASE("minimum shares the gradient where both are equal") {
  const auto chosen = [](const Values& x) { return minimum(x[0], x[1]); };
  const Tensor a = tensor({3}, {1, 2, 3});
  const Tensor b = tensor({3}, {1, 3, 2});
  CHECK(evaluate(chosen, {a, b}) == std::vector<float>{1, 2, 2});
  CHECK(gradient(chosen, {a, b}, 0) == std::vector<float>{0.5F, 1, 0});
  CHECK(gradient(chosen, {a, b}, 1) == std::vector<float>{0.5F, 0, 1});
}

TEST_CASE("minimum keeps NaN of either input") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto y = evaluate([](const Values& x) { return minimum(x[0], x[1]); },
                          {tensor({2}, {kNan, 1}), tensor({2}, {1, kNan})});
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
}

TEST_CASE("minimum refuses shapes that do not broadcast") {
  Graph graph;
  const Value a = graph.input("a", {4, 3});
  const Value b = graph.input("b", {2});
  CHECK(refusal([&] { minimum(a, b); }) ==
        "minimum: shapes [4, 3] and [2] do not broadcast (axis 1: 3 against 2)");
}

}  // namespace
}  // namespace gradus::tests
