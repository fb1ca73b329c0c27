#include "framework/ops/gather.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes along(std::int64_t axis) { return {{"axis", axis}}; }
Attributes sized(std::int64_t axis, std::int64_t size) { return {{"axis", axis}, {"size", size}}; }

const OpCases kCases({
    .op = "gather",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          return gather(x[0], x[1], static_cast<int>(a.get<std::int64_t>("axis")));
        },
    .cases =
        {
            {"one of each row", {{kBatch, 7}, ids({kBatch, 1}, 7)}, along(1)},
            {"some of each row", {{kBatch, 7}, ids({kBatch, 9}, 7)}, along(-1)},
            {"a middle axis", {{kBatch, 4, 3}, ids({kBatch, 2, 3}, 4)}, along(1)},
            {"a vector", {{5}, ids({8}, 5)}, along(0)},
            {"constants", {{5, 3}, ids({2, 3}, 5)}, along(0)},
            {"rank 6", {{kBatch, 2, 1, 3, 1, 2}, ids({kBatch, 2, 1, 4, 1, 2}, 3)}, along(3)},
            {"no ids", {{kBatch, 7}, ids({kBatch, 0}, 7)}, along(1)},
            {"ranking", {{kBatch, 64}, ids({kBatch, 10}, 64)}, along(1)},
        },
});

const OpCases kScatterCases({
    .op = "scatter_add",
    .attributes = {"axis", "size"},
    .build =
        [](const Values& x, const Attributes& a) {
          return scatter_add(x[0], x[1], static_cast<int>(a.get<std::int64_t>("axis")),
                             a.get<std::int64_t>("size"));
        },
    .cases =
        {
            {"rows", {{kBatch, 9}, ids({kBatch, 9}, 5)}, sized(1, 5)},
            {"a middle axis", {{kBatch, 4, 3}, ids({kBatch, 4, 3}, 6)}, sized(1, 6)},
            {"constants", {{5, 3}, ids({5, 3}, 2)}, sized(0, 2)},
            {"ranking", {{kBatch, 10}, ids({kBatch, 10}, 64)}, sized(1, 64)},
        },
});

const std::array<std::int32_t, 4> kIds{2, 0, 1, 1};

TEST_CASE("gather picks by ids, scatter_add adds repeated ones") {
  const Tensor ids({2, 2}, kIds);
  CHECK(evaluate([](const Values& x) { return gather(x[0], x[1], 1); },
                 {tensor({2, 3}, {1, 2, 3, 4, 5, 6}), ids}) == std::vector<float>{3, 1, 5, 5});
  CHECK(evaluate([](const Values& x) { return scatter_add(x[0], x[1], 1, 3); },
                 {tensor({2, 2}, {1, 2, 3, 4}), ids}) == std::vector<float>{2, 0, 1, 0, 7, 0});
}

TEST_CASE("gather and scatter_add refuse ids beyond the axis when they run") {
  const Tensor ids({2, 2}, kIds);
  CHECK_THROWS_WITH(
      evaluate([](const Values& x) { return gather(x[0], x[1], 1); }, {Tensor({2, 2}), ids}),
      "gather: id 2 is beyond axis 1, which has 2 elements");
  CHECK_THROWS_WITH(evaluate([](const Values& x) { return scatter_add(x[0], x[1], 1, 1); },
                             {Tensor({2, 2}), ids}),
                    "scatter_add: id 2 is beyond axis 1, which has 1 elements");
}

TEST_CASE("gather and scatter_add refuse what does not fit") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value ids = graph.input("ids", {kBatch, 3}, DataType::int32);
  const Value vector = graph.input("vector", {kBatch}, DataType::int32);
  CHECK(refusal([&] { gather(x, x, 1); }) ==
        "gather: numbers of float32 and ids of int32 are needed, not float32 and float32");
  CHECK(refusal([&] { gather(ids, ids, 1); }) ==
        "gather: numbers of float32 and ids of int32 are needed, not int32 and int32");
  CHECK(refusal([&] { gather(x, vector, 1); }) ==
        "gather: shapes [batch, 3] and [batch] differ beyond axis 1");
  CHECK(refusal([&] { gather(x, ids, 0); }) == "gather: axis 0 of [batch, 3] grows with the batch");
  CHECK(refusal([&] { gather(x, ids, 2); }) == "gather: shape [batch, 3] has no axis 2");
  CHECK(refusal([&] { scatter_add(x, vector, 1, 3); }) ==
        "scatter_add: numbers of shape [batch, 3] and ids of [batch] must be the same");
  CHECK(refusal([&] { scatter_add(x, ids, 1, -2); }) == "scatter_add: negative size -2");
}

}  // namespace
}  // namespace gradus::tests
