#include "framework/ops/relu.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "framework/ops/matmul.h"
#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "relu",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return relu(x[0]); },
    .cases = unary_cases(-2.0F, 2.0F, 0.1F),
});

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_CASE("relu keeps NaN and infinity") {
  const auto y = evaluate([](const Values& x) { return relu(x[0]); },
                          {tensor({5}, {kNan, kInfinity, -kInfinity, -0.5F, 0.5F})});
  CHECK(std::isnan(y[0]));
  CHECK(y[1] == kInfinity);
  CHECK(y[2] == 0);
  CHECK(y[3] == 0);
  CHECK(y[4] == 0.5F);
}

TEST_CASE("relu keeps NaN as part of a product, by the loops and by oneDNN") {
  for (const std::int64_t size : {4, 64, 65}) {
    CAPTURE(size);
    const Tensor x({size, size});
    const Tensor w({size, size});
    x.fill(1.0F);
    w.fill(-1.0F);
    x.floats()[0] = kNan;
    const auto y = evaluate([](const Values& v) { return relu(matmul(v[0], v[1])); }, {x, w});
    CHECK(std::isnan(y[0]));
    CHECK(std::isnan(y[static_cast<std::size_t>(size) - 1]));
    CHECK(y[static_cast<std::size_t>(size)] == 0);
  }
}

TEST_CASE("relu has gradient 0 at the kink, and 1 above it") {
  const auto dx =
      gradient([](const Values& x) { return relu(x[0]); }, {tensor({4}, {0, -0.0F, -1, 1e-30F})});
  CHECK(dx == std::vector<float>{0, 0, 0, 1});
}

}  // namespace
}  // namespace gradus::tests
