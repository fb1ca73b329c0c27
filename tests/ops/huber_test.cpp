#include "framework/ops/huber.h"

#include <doctest/doctest.h>

#include "tests/ops/pointwise_loss_cases.h"

namespace gradus::tests {
namespace {

Value loss(const Values& x) { return huber(x[0], x[1], x.size() > 2 ? x[2] : Value()); }

const OpCases kCases({
    .op = "huber",
    .attributes = {"delta"},
    .build =
        [](const Values& x, const Attributes& a) {
          return huber(x[0], x[1], x.size() > 2 ? x[2] : Value(),
                       a.find("delta") ? a.get<double>("delta") : 1.0);
        },
    .cases = pointwise_loss_cases([](const Shape& shape) { return numbers(shape, -3.0F, 3.0F); }),
});

TEST_CASE("huber never broadcasts") { check_never_broadcasts("huber", loss); }

TEST_CASE("huber is half the square up to delta, and a line beyond") {
  const auto with = [](double delta) {
    return [delta](const Values& x) { return huber(x[0], x[1], Value(), delta); };
  };
  CHECK(loss_of(with(1), {{1.5F, 0}, {1, 3}}) == (0.125 + 2.5) / 2);
  CHECK(loss_of(with(2), {{1.5F, 0}, {1, 3}}) == (0.125 + 4) / 2);
  CHECK(loss_of(with(1), {{1e30F}, {0}}) == doctest::Approx(1e30));
  CHECK(loss_of(loss, {{1.5F, 0}, {1, 3}, {2, 1}}) == (0.25 + 2.5) / 2);
  const auto dx = gradient(with(2), {tensor({4}, {1, -1, 9, -9}), tensor({4}, {0, 0, 0, 0})});
  CHECK(dx == std::vector<float>{0.25F, -0.25F, 0.5F, -0.5F});
}

TEST_CASE("huber refuses a delta that is not above 0") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 1});
  CHECK(refusal([&] { huber(x, x, Value(), 0.0); }) == "huber: delta must be above 0, not 0");
  CHECK(refusal([&] { huber(x, x, Value(), -1.0); }) == "huber: delta must be above 0, not -1");
}

}  // namespace
}  // namespace gradus::tests
