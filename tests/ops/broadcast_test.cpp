#include "framework/ops/broadcast.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes to(const Shape& shape) { return {{"shape", shape}}; }

const OpCases kBroadcastTo({
    .op = "broadcast_to",
    .attributes = {"shape"},
    .build = [](const Values& x,
                const Attributes& a) { return broadcast_to(x[0], a.get<Shape>("shape")); },
    .cases =
        {
            {"a scalar to rows", {{}}, to({kBatch, 17})},
            {"a scalar to a scalar", {{}}, to({})},
            {"a row to rows", {{17}}, to({kBatch, 17})},
            {"a row of rank 2 to rows", {{1, 17}}, to({kBatch, 17})},
            {"a column to rows", {{kBatch, 1}}, to({kBatch, 17})},
            {"a middle axis", {{kBatch, 1, 5}}, to({kBatch, 3, 5})},
            {"an axis before the batch", {{kBatch, 5}}, to({3, kBatch, 5})},
            {"constants", {{3, 1, 2}}, to({2, 3, 4, 2})},
            {"rank 6", {{2, 1, 3, 1, 2}}, to({kBatch, 2, 2, 3, 2, 2})},
            {"ranking", {{kBatch, 1}}, to({kBatch, 256})},
        },
});

const OpCases kSumTo({
    .op = "sum_to",
    .attributes = {"shape"},
    .build = [](const Values& x,
                const Attributes& a) { return sum_to(x[0], a.get<Shape>("shape")); },
    .cases =
        {
            {"rows to a scalar", {{kBatch, 17}}, to({})},
            {"rows to a row", {{kBatch, 17}}, to({17})},
            {"rows to a row of rank 2", {{kBatch, 17}}, to({1, 17})},
            {"rows to a column", {{kBatch, 17}}, to({kBatch, 1})},
            {"rows to one number", {{kBatch, 17}}, to({1, 1})},
            {"a middle axis", {{kBatch, 3, 5}}, to({kBatch, 1, 5})},
            {"all but a middle axis", {{kBatch, 3, 5}}, to({3, 1})},
            {"an axis before the batch", {{3, kBatch, 5}}, to({kBatch, 5})},
            {"constants", {{2, 3, 4, 2}}, to({3, 1, 2})},
            {"rank 6", {{kBatch, 2, 2, 3, 2, 2}}, to({2, 1, 3, 1, 2})},
            {"ranking", {{kBatch, 256}}, to({256})},
        },
});

TEST_CASE("broadcast_to refuses a shape that is not larger") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { broadcast_to(x, {3}); }) ==
        "broadcast_to: shape [batch, 3] does not broadcast to [3]");
  CHECK(refusal([&] { broadcast_to(x, {kBatch, 4}); }) ==
        "broadcast_to: shapes [batch, 3] and [batch, 4] do not broadcast (axis 1: 3 against 4)");
}

TEST_CASE("sum_to refuses a shape that is not smaller") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { sum_to(x, {2, kBatch, 3}); }) ==
        "sum_to: shape [batch, 3] cannot be summed to [2, batch, 3]");
  CHECK(refusal([&] { sum_to(x, {kBatch}); }) ==
        "sum_to: shapes [batch, 3] and [batch] do not broadcast (axis 1: 3 against batch)");
}

}  // namespace
}  // namespace gradus::tests
