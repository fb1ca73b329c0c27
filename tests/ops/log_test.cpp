#include "framework/ops/log.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "log",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return log(x[0]); },
    .cases = unary_cases(0.25F, 4.0F),
});

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_CASE("log of zero is -infinity, of negative numbers NaN") {
  const auto y = evaluate([](const Values& x) { return log(x[0]); },
                          {tensor({4}, {0.0F, -0.0F, kInfinity, -1.0F})});
  CHECK(y[0] == -kInfinity);
  CHECK(y[1] == -kInfinity);
  CHECK(y[2] == kInfinity);
  CHECK(std::isnan(y[3]));
}

}  // namespace
}  // namespace gradus::tests
