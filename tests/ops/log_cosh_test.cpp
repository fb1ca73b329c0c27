#include "framework/ops/log_cosh.h"

#include <doctest/doctest.h>

#include "tests/ops/pointwise_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(const Values& x) { return log_cosh(x[0], x[1], x.size() > 2 ? x[2] : Value()); }

const OpCases kCases({
    .op = "log_cosh",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return loss(x); },
    .cases = pointwise_loss_cases([](const Shape& shape) { return numbers(shape, -3.0F, 3.0F); }),
});

TEST_CASE("log_cosh never broadcasts") { check_never_broadcasts("log_cosh", loss); }

TEST_CASE("log_cosh is exact for small differences, and finite for large ones") {
  // By Python's math, in float64.
  CHECK(loss_of(loss, {{1e-3F}, {0}}) == doctest::Approx(4.9999993e-7).epsilon(1e-6));
  CHECK(loss_of(loss, {{0.5F}, {0}}) == doctest::Approx(0.12011450695827752).epsilon(1e-6));
  CHECK(loss_of(loss, {{1}, {0}}) == doctest::Approx(0.4337808304830271).epsilon(1e-6));
  CHECK(loss_of(loss, {{0}, {3}}) == doctest::Approx(2.3093285046094663).epsilon(1e-6));
  CHECK(loss_of(loss, {{1e30F}, {0}}) == doctest::Approx(1e30).epsilon(1e-6));
  CHECK(loss_of(loss, {{2, 1}, {1, 1}, {3, 1}}) ==
        doctest::Approx(3 * 0.4337808304830271 / 2).epsilon(1e-6));
}

}  // namespace
}  // namespace gradus::tests
