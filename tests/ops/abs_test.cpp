#include "framework/ops/abs.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "abs",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return abs(x[0]); },
    .cases = unary_cases(-2.0F, 2.0F, 0.1F),
});

TEST_CASE("abs has gradient 0 at 0") {
  const auto dx = gradient([](const Values& x) { return abs(x[0]); },
                           {tensor({4}, {0.0F, -0.0F, -1e-30F, 2.0F})});
  CHECK(dx == std::vector<float>{0, 0, -1, 1});
}

}  // namespace
}  // namespace gradus::tests
