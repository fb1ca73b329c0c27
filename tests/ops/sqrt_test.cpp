#include "framework/ops/sqrt.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "sqrt",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return sqrt(x[0]); },
    .cases = unary_cases(0.25F, 4.0F),
});

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_CASE("sqrt of zero has an infinite gradient, of negative numbers none") {
  const auto root = [](const Values& x) { return sqrt(x[0]); };
  const Tensor x = tensor({3}, {0.0F, 9.0F, -1.0F});
  const auto y = evaluate(root, {x});
  CHECK(y[0] == 0);
  CHECK(y[1] == 3);
  CHECK(std::isnan(y[2]));
  const auto dx = gradient(root, {x});
  CHECK(dx[0] == kInfinity);
  CHECK(dx[1] == doctest::Approx(1.0 / 6));
  CHECK(std::isnan(dx[2]));
}

}  // namespace
}  // namespace gradus::tests
