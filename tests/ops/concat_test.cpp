#include "framework/ops/concat.h"

#include <doctest/doctest.h>

#include "framework/graph/differentiate.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes along(std::int64_t axis) { return {{"axis", axis}}; }

const OpCases kCases({
    .op = "concat",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          return concat(x, static_cast<int>(a.get<std::int64_t>("axis")));
        },
    .cases =
        {
            {"one value", {{kBatch, 5}}, along(1)},
            {"columns", {{kBatch, 5}, {kBatch, 17}}, along(1)},
            {"three of columns", {{kBatch, 5}, {kBatch, 1}, {kBatch, 2}}, along(-1)},
            {"one value twice", {{kBatch, 5}, again(0)}, along(1)},
            {"nothing among columns", {{kBatch, 5}, {kBatch, 0}, {kBatch, 2}}, along(1)},
            {"a middle axis", {{kBatch, 2, 3}, {kBatch, 4, 3}}, along(1)},
            {"the last axis of three", {{kBatch, 2, 3}, {kBatch, 2, 1}}, along(2)},
            {"rows of constants", {{3, 5}, {4, 5}}, along(0)},
            {"vectors", {{3}, {4}}, along(0)},
            {"before the batch", {{3, kBatch}, {1, kBatch}}, along(0)},
            {"rank 6", {{kBatch, 2, 1, 3, 1, 2}, {kBatch, 2, 1, 1, 1, 2}}, along(3)},
            {"ranking", {{kBatch, 32}, {kBatch, 32}}, along(1)},
        },
});

TEST_CASE("concat refuses nothing, a wrong axis, and shapes that differ beyond it") {
  Graph graph;
  const Value a = graph.input("a", {kBatch, 3});
  const Value b = graph.input("b", {kBatch, 2, 3});
  const Value c = graph.input("c", {4, 3});
  CHECK_THROWS_WITH(concat({}, 1), "concat: no values");
  CHECK(refusal([&] { concat({a, a}, 2); }) == "concat: shape [batch, 3] has no axis 2");
  CHECK(refusal([&] { concat({a, b}, 1); }) ==
        "concat: shapes [batch, 3] and [batch, 2, 3] differ beyond axis 1");
  CHECK(refusal([&] { concat({a, c}, 1); }) ==
        "concat: shapes [batch, 3] and [4, 3] differ beyond axis 1");
  CHECK(refusal([&] { concat({a, c}, 0); }) ==
        "concat: shapes [batch, 3] and [4, 3] differ beyond axis 0");
}

TEST_CASE("concat along the batch joins batches, and says that it has no gradient") {
  Graph graph;
  const Value a = graph.input("a", {kBatch, 2});
  const Value y = concat({a, a}, 0);
  CHECK(y.shape() == Shape{{2, true}, 2});
  const Given given{a, tensor({2, 2}, {1, 2, 3, 4})};
  const Tensor joined = run_tiled(graph, {y}, {&given, 1}, 2)[0];
  CHECK(difference(joined, tensor({4, 2}, {1, 2, 3, 4, 1, 2, 3, 4}), {}) == "");
  CHECK_THROWS_WITH(differentiate(y, {&a, 1}), "concat: no gradient along the batch");
}

}  // namespace
}  // namespace gradus::tests
