#include "framework/ops/softmax.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes along(std::int64_t axis) { return {{"axis", axis}}; }

const OpCases kCases({
    .op = "softmax",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          return softmax(x[0], static_cast<int>(a.get<std::int64_t>("axis")));
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

TEST_CASE("softmax refuses an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { softmax(x, 2); }) == "softmax: shape [batch, 3] has no axis 2");
  CHECK(refusal([&] { softmax(x, -3); }) == "softmax: shape [batch, 3] has no axis -3");
}

TEST_CASE("softmax refuses ids") {
  Graph graph;
  const Value ids = graph.input("ids", {kBatch, 3}, DataType::int32);
  CHECK(refusal([&] { softmax(ids, 1); }) == "softmax: an input holds int32, float32 is needed");
}

TEST_CASE("softmax of large numbers does not overflow, and adds up to 1") {
  const auto y = evaluate([](const Values& x) { return softmax(x[0], 1); },
                          {tensor({2, 2}, {1000, 1000, -1000, 0})});
  CHECK(y == std::vector<float>{0.5F, 0.5F, 0, 1});
}

TEST_CASE("softmax of -infinity is 0 beside others") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto softmax_of = [](const Values& x) { return softmax(x[0], 0); };
  CHECK(evaluate(softmax_of, {tensor({3}, {-kInfinity, 1, 1})}) ==
        std::vector<float>{0, 0.5F, 0.5F});
}

}  // namespace
}  // namespace gradus::tests
