#include "framework/ops/negative.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "negative",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return -x[0]; },
    .cases = unary_cases(),
});

TEST_CASE("negative turns the sign of zero, too") {
  const auto y = evaluate([](const Values& x) { return -x[0]; }, {tensor({2}, {0.0F, -3.0F})});
  CHECK(std::signbit(y[0]));
  CHECK(y[1] == 3);
}

}  // namespace
}  // namespace gradus::tests
