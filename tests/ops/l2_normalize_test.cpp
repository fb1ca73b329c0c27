#include "framework/ops/l2_normalize.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes along(std::int64_t axis) { return {{"axis", axis}}; }

const OpCases kCases({
    .op = "l2_normalize",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          return l2_normalize(x[0], static_cast<int>(a.get<std::int64_t>("axis")));
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
            {"rows of one number", {numbers({kBatch}, -2.0F, 2.0F, 0.5F)}, along(0)},
            {"rank 6", {{kBatch, 2, 1, 3, 2, 2}}, along(3)},
            {"the batch on the second axis", {{3, kBatch}}, along(1)},
            {"across the batch on the second axis", {{3, kBatch}}, along(0)},
            {"no rows", {{0, 3}}, along(1)},
            {"ranking", {{kBatch, 64}}, along(1)},
        },
});

TEST_CASE("l2_normalize refuses an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { l2_normalize(x, 2); }) == "l2_normalize: shape [batch, 3] has no axis 2");
  CHECK(refusal([&] { l2_normalize(x, -3); }) == "l2_normalize: shape [batch, 3] has no axis -3");
}

TEST_CASE("l2_normalize refuses ids") {
  Graph graph;
  const Value ids = graph.input("ids", {kBatch, 3}, DataType::int32);
  CHECK(refusal([&] { l2_normalize(ids, 1); }) ==
        "square: an input holds int32, float32 is needed");
}

TEST_CASE("l2_normalize leaves zeros as they are, and their gradient finite") {
  const auto normalized = [](const Values& x) { return l2_normalize(x[0], 1, 0.25); };
  const Tensor x = tensor({2, 2}, {0, 0, 3, 4});
  const auto y = evaluate(normalized, {x});
  CHECK(y == std::vector<float>{0, 0, 0.6F, 0.8F});
  CHECK(gradient(normalized, {x})[0] == 2);
}

TEST_CASE("l2_normalize refuses an epsilon of 0") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { l2_normalize(x, 1, 0); }) == "l2_normalize: epsilon must be above 0, not 0");
}

}  // namespace
}  // namespace gradus::tests
