#include "framework/ops/exp.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "exp",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return exp(x[0]); },
    .cases = unary_cases(),
});

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST_CASE("exp of what is no finite number, and beyond the range") {
  const auto y = evaluate([](const Values& x) { return exp(x[0]); },
                          {tensor({5}, {kInfinity, -kInfinity, kNan, 100.0F, -200.0F})});
  CHECK(y[0] == kInfinity);
  CHECK(y[1] == 0);
  CHECK(std::isnan(y[2]));
  CHECK(y[3] == kInfinity);
  CHECK(y[4] == 0);
}

}  // namespace
}  // namespace gradus::tests
