#include "framework/ops/sigmoid.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "framework/ops/matmul.h"
#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "sigmoid",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return sigmoid(x[0]); },
    .cases = unary_cases(),
});

TEST_CASE("sigmoid of large numbers is 0 or 1, and its gradient 0") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto build = [](const Values& x) { return sigmoid(x[0]); };
  const Tensor x = tensor({6}, {100, -100, 1e30F, -1e30F, kInfinity, -kInfinity});
  CHECK(evaluate(build, {x}) == std::vector<float>{1, 0, 1, 0, 1, 0});
  CHECK(gradient(build, {x}) == std::vector<float>(6, 0.0F));
  const auto nan = evaluate(build, {tensor({1}, {std::numeric_limits<float>::quiet_NaN()})});
  CHECK(std::isnan(nan[0]));
}

TEST_CASE("sigmoid as part of a product is exact for large numbers, too") {
  const Tensor x({64, 64});
  const Tensor w({64, 64});
  for (std::size_t i = 0; i < 64; ++i) {
    x.floats()[i * 64] = i % 2 == 0 ? 100.0F : -100.0F;
    w.floats()[i] = 1.0F;
  }
  const auto y = evaluate([](const Values& v) { return sigmoid(matmul(v[0], v[1])); }, {x, w});
  CHECK(y[0] == 1.0F);
  CHECK(y[64] < 1e-37F);
}

}  // namespace
}  // namespace gradus::tests
