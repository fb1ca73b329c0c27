#include "framework/ops/hinge.h"

#include <doctest/doctest.h>

#include "tests/ops/pointwise_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(const Values& x) { return hinge(x[0], x[1], x.size() > 2 ? x[2] : Value()); }

const OpCases kCases({
    .op = "hinge",
    .attributes = {"labels"},
    .build = [](const Values& x, const Attributes&) { return loss(x); },
    .cases = pointwise_loss_cases([](const Shape& shape) { return numbers(shape, 0.0F, 1.0F); }),
});

TEST_CASE("hinge never broadcasts") { check_never_broadcasts("hinge", loss); }

TEST_CASE("hinge takes labels of 0 and 1 as -1 and 1, and asks for a margin of 1") {
  CHECK(loss_of(loss, {{2, 0.5F, -3, 0.25F}, {1, 1, 0, 0}}) == (0.5 + 1.25) / 4);
  CHECK(loss_of(loss, {{2, 0.5F, -3, 0.25F}, {1, 1, 0, 0}, {1, 2, 1, 0}}) == 1.0 / 4);
  const auto dx = gradient(loss, {tensor({4}, {2, 0.5F, -3, 0.25F}), tensor({4}, {1, 1, 0, 0})});
  CHECK(dx == std::vector<float>{0, -0.25F, 0, 0.25F});
}

}  // namespace
}  // namespace gradus::tests
