#include "framework/ops/tanh.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "tanh",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return tanh(x[0]); },
    .cases = unary_cases(),
});

TEST_CASE("tanh of large numbers is -1 or 1, and its gradient 0") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto build = [](const Values& x) { return tanh(x[0]); };
  const Tensor x = tensor({4}, {50, -50, kInfinity, -kInfinity});
  CHECK(evaluate(build, {x}) == std::vector<float>{1, -1, 1, -1});
  CHECK(gradient(build, {x}) == std::vector<float>(4, 0.0F));
  const auto nan = evaluate(build, {tensor({1}, {std::numeric_limits<float>::quiet_NaN()})});
  CHECK(std::isnan(nan[0]));
}

TEST_CASE("tanh of a tiny number is that number") {
  const auto y =
      evaluate([](const Values& x) { return tanh(x[0]); }, {tensor({2}, {1e-20F, -1e-20F})});
  CHECK(y == std::vector<float>{1e-20F, -1e-20F});
}

}  // namespace
}  // namespace gradus::tests
