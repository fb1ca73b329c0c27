#include "framework/ops/stack.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes along(std::int64_t axis) { return {{"axis", axis}}; }

const OpCases kCases({
    .op = "stack",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          return stack(x, static_cast<int>(a.get<std::int64_t>("axis")));
        },
    .cases =
        {
            {"one value", {{kBatch, 5}}, along(1)},
            {"rows", {{kBatch, 5}, {kBatch, 5}, {kBatch, 5}}, along(1)},
            {"columns", {{kBatch, 5}, {kBatch, 5}}, along(-1)},
            {"one value twice", {{kBatch, 5}, again(0)}, along(1)},
            {"numbers of the batch", {{kBatch}, {kBatch}}, along(1)},
            {"no columns", {{kBatch, 0}, {kBatch, 0}}, along(1)},
            {"a middle axis", {{kBatch, 2, 3}, {kBatch, 2, 3}}, along(2)},
            {"constants", {{3, 5}, {3, 5}}, along(0)},
            {"scalars", {{}, {}}, along(0)},
            {"before the batch", {{kBatch, 3}, {kBatch, 3}}, along(0)},
            {"rank 6", {{kBatch, 2, 1, 3, 2}, {kBatch, 2, 1, 3, 2}}, along(3)},
            {"ranking", {{kBatch, 16}, {kBatch, 16}, {kBatch, 16}, {kBatch, 16}}, along(1)},
        },
});

TEST_CASE("stack refuses nothing, shapes that differ, and a wrong axis") {
  Graph graph;
  const Value a = graph.input("a", {kBatch, 3});
  const Value b = graph.input("b", {kBatch, 4});
  const Value six = graph.input("six", {kBatch, 1, 1, 1, 1, 1});
  CHECK_THROWS_WITH(stack({}, 1), "stack: no values");
  CHECK(refusal([&] { stack({a, b}, 1); }) == "stack: shapes [batch, 3] and [batch, 4] differ");
  CHECK(refusal([&] { stack({a}, 3); }) ==
        "stack: values of shape [batch, 3] have no place for a new axis 3");
  CHECK(refusal([&] { stack({a}, -4); }) ==
        "stack: values of shape [batch, 3] have no place for a new axis -4");
  CHECK(refusal([&] { stack({six}, 0); }) ==
        "stack: values of shape [batch, 1, 1, 1, 1, 1] have too many axes");
}

}  // namespace
}  // namespace gradus::tests
