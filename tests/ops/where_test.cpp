#include "framework/ops/where.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "framework/ops/compare.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// What is compared lies apart, so that no difference turns the comparison.
InputCase near(const Shape& shape) { return numbers(shape, -0.5F, 0.5F); }
InputCase far(const Shape& shape) { return numbers(shape, -2.0F, 2.0F, 1.0F); }

const OpCases kCases({
    .op = "where",
    .attributes = {},
    .build = [](const Values& x,
                const Attributes&) { return where(greater(x[0], x[1]), x[2], x[3]); },
    .cases =
        {
            {"rows", {near({kBatch, 17}), far({kBatch, 17}), {kBatch, 17}, {kBatch, 17}}},
            {"broadcast", {near({kBatch, 1}), far({1}), {kBatch, 17}, {17}}},
            {"scalars", {near({}), far({}), {}, {}}},
            {"one value twice", {near({kBatch, 3}), far({3}), {kBatch, 3}, again(2)}},
            {"a condition of more axes", {near({kBatch, 3, 5}), far({5}), {kBatch, 1, 5}, {3, 1}}},
            {"no elements", {near({3, 0}), far({3, 1}), {1}, {1}}},
            {"ranking", {near({kBatch, 256}), far({kBatch, 256}), {kBatch, 256}, {kBatch, 256}}},
        },
});

TEST_CASE("where keeps what is not chosen out of the value and the gradient") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto chosen = [](const Values& x) { return where(x[0], x[1], x[2]); };
  const std::vector<Tensor> x{tensor({2}, {1, 0}), tensor({2}, {3, kNan}), tensor({2}, {kNan, 4})};
  CHECK(evaluate(chosen, x) == std::vector<float>{3, 4});
  CHECK(gradient(chosen, x, 1) == std::vector<float>{1, 0});
  CHECK(gradient(chosen, x, 2) == std::vector<float>{0, 1});
}

TEST_CASE("where refuses shapes that do not broadcast, and ids") {
  Graph graph;
  const Value a = graph.input("a", {4, 3});
  const Value b = graph.input("b", {2});
  const Value ids = graph.input("ids", {4, 3}, DataType::int32);
  CHECK(refusal([&] { where(a, a, b); }) ==
        "where: shapes [4, 3] and [2] do not broadcast (axis 1: 3 against 2)");
  CHECK(refusal([&] { where(ids, a, a); }) == "where: an input holds int32, float32 is needed");
}

}  // namespace
}  // namespace gradus::tests
