#include "framework/ops/reciprocal.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "reciprocal",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return reciprocal(x[0]); },
    .cases = unary_cases(-2.0F, 2.0F, 0.4F),
});

TEST_CASE("reciprocal of zero is infinite") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto y = evaluate([](const Values& x) { return reciprocal(x[0]); },
                          {tensor({3}, {0.0F, -0.0F, 4.0F})});
  CHECK(y == std::vector<float>{kInfinity, -kInfinity, 0.25F});
}

}  // namespace
}  // namespace gradus::tests
