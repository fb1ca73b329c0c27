#include "framework/ops/mean_absolute_error.h"

#include <doctest/doctest.h>

#include "tests/ops/pointwise_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(const Values& x) {
  return mean_absolute_error(x[0], x[1], x.size() > 2 ? x[2] : Value());
}

const OpCases kCases({
    .op = "mean_absolute_error",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return loss(x); },
    .cases = pointwise_loss_cases([](const Shape& shape) { return numbers(shape, -3.0F, 3.0F); }),
});

TEST_CASE("mean_absolute_error never broadcasts") {
  check_never_broadcasts("mean_absolute_error", loss);
}

TEST_CASE("mean_absolute_error divides by the number of examples, whatever their weights") {
  CHECK(loss_of(loss, {{3, 5}, {1, 4.5F}, {0.5F, 3}}) == 1.25);
}

TEST_CASE(
    "mean_absolute_error: the gradient is the sign of the difference, 0 where there is none") {
  const auto dx = gradient(loss, {tensor({4}, {2, -2, 1, 0}), tensor({4}, {1, 1, 1, 0})});
  CHECK(dx == std::vector<float>{0.25F, -0.25F, 0, 0});
}

}  // namespace
}  // namespace gradus::tests
