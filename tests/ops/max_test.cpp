#include "framework/ops/max.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "framework/ops/add.h"
#include "framework/ops/cumulative_sum.h"
#include "framework/ops/scale.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes along(std::int64_t axis) { return {{"axis", axis}, {"apart", true}}; }

/// Ascending along the axis and so far apart that no difference makes another one the largest,
/// unless the reference gives the numbers as they are.
Value apart(Value x, int axis) { return x + cumulative_sum(scale(x, 0.0, 8.0), axis); }

const OpCases kCases({
    .op = "max",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          const auto axis = static_cast<int>(a.get<std::int64_t>("axis"));
          return max(a.find("apart") != nullptr ? apart(x[0], axis) : x[0], axis);
        },
    .cases =
        {
            {"a vector", {{9}}, along(0)},
            {"rows", {{kBatch, 17}}, along(0)},
            {"within rows", {{kBatch, 17}}, along(1)},
            {"the last axis", {{kBatch, 3, 5}}, along(-1)},
            {"a middle axis", {{kBatch, 3, 5}}, along(1)},
            {"more lines than go together", {{kBatch, 3, 67}}, along(1)},
            {"long lines", {{2, 1031}}, along(1)},
            {"rows of one number", {{kBatch}}, along(0)},
            {"an axis of 1", {{kBatch, 1, 3}}, along(1)},
            {"rank 6", {{kBatch, 2, 1, 3, 2, 2}}, along(3)},
            {"the batch on the second axis", {{3, kBatch}}, along(1)},
            {"across the batch on the second axis", {{3, kBatch}}, along(0)},
            {"no rows", {{0, 3}}, along(1)},
            {"ranking", {{kBatch, 64}}, along(1)},
        },
});

TEST_CASE("max refuses an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { max(x, 2); }) == "max: shape [batch, 3] has no axis 2");
  CHECK(refusal([&] { max(x, -3); }) == "max: shape [batch, 3] has no axis -3");
}

TEST_CASE("max refuses ids") {
  Graph graph;
  const Value ids = graph.input("ids", {kBatch, 3}, DataType::int32);
  CHECK(refusal([&] { max(ids, 1); }) == "max: an input holds int32, float32 is needed");
}

TEST_CASE("max shares the gradient equally where several are the largest") {
  for (const int axis : {0, 1}) {
    CAPTURE(axis);
    const auto largest = [=](const Values& x) { return max(x[0], axis); };
    const Tensor x = axis == 1 ? tensor({1, 4}, {1, 3, 2, 3}) : tensor({4, 1}, {1, 3, 2, 3});
    CHECK(evaluate(largest, {x}) == std::vector<float>{3});
    CHECK(gradient(largest, {x}) == std::vector<float>{0, 0.5F, 0, 0.5F});
  }
}

TEST_CASE("max is NaN where one element is") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto y = evaluate([](const Values& x) { return max(x[0], 1); },
                          {tensor({2, 3}, {1, kNan, 2, 3, 1, 2})});
  CHECK(std::isnan(y[0]));
  CHECK(y[1] == 3);
}

TEST_CASE("max of nothing is refused when the graph is built, of no rows it is -infinity") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 0});
  CHECK(refusal([&] { max(x, 1); }) ==
        "max: axis 1 of [batch, 0] holds no element to be the largest");
  const Value rows = graph.input("rows", {kBatch, 2});
  const Tensor y =
      run_tiled(graph, {max(rows, 0)}, std::vector<Given>{{rows, Tensor({0, 2})}}, 0)[0];
  CHECK(y.floats()[0] == -std::numeric_limits<float>::infinity());
}

}  // namespace
}  // namespace gradus::tests
