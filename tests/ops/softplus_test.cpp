#include "framework/ops/softplus.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "softplus",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return softplus(x[0]); },
    .cases = unary_cases(),
});

TEST_CASE("softplus does not overflow, and keeps small values") {
  const auto softplus_of = [](const Values& x) { return softplus(x[0]); };
  const Tensor x = tensor({3}, {1000.0F, -50.0F, 0.0F});
  const auto y = evaluate(softplus_of, {x});
  CHECK(y[0] == 1000.0F);
  CHECK(y[1] == doctest::Approx(std::exp(-50.0)).epsilon(1e-6));
  CHECK(y[2] == doctest::Approx(std::log(2.0)).epsilon(1e-6));
  const auto dx = gradient(softplus_of, {x});
  CHECK(dx[0] == 1);
  CHECK(dx[1] == doctest::Approx(std::exp(-50.0)).epsilon(1e-6));
}

}  // namespace
}  // namespace gradus::tests
