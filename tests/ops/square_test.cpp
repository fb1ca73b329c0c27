#include "framework/ops/square.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "square",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return square(x[0]); },
    .cases = unary_cases(),
});

TEST_CASE("square overflows to infinity") {
  const auto y =
      evaluate([](const Values& x) { return square(x[0]); }, {tensor({2}, {1e20F, -3.0F})});
  CHECK(y == std::vector<float>{std::numeric_limits<float>::infinity(), 9.0F});
}

}  // namespace
}  // namespace gradus::tests
