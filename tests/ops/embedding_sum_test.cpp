#include "framework/ops/embedding_sum.h"

#include <doctest/doctest.h>

#include "framework/graph/differentiate.h"
#include "framework/ops/add.h"
#include "framework/ops/embedding.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "embedding_sum",
    .attributes = {},
    .build =
        [](const Values& x, const Attributes&) {
          const auto half = static_cast<std::ptrdiff_t>(x.size() / 2);
          return embedding_sum({x.begin(), x.begin() + half}, {x.begin() + half, x.end()});
        },
    .cases =
        {
            {"one table", {{11, 7}, ids({kBatch}, 11)}},
            {"two tables", {{11, 7}, {3, 7}, ids({kBatch}, 11), ids({kBatch}, 3)}},
            {"three tables",
             {{11, 5}, {1, 5}, {2, 5}, ids({kBatch}, 11), ids({kBatch}, 1), ids({kBatch}, 2)}},
            {"no columns", {{11, 0}, {4, 0}, ids({kBatch}, 11), ids({kBatch}, 4)}},
            {"a list an example", {{4, 3}, {5, 3}, ids({kBatch, 2}, 4), ids({kBatch, 2}, 5)}},
            {"constant ids", {{4, 3}, {5, 3}, ids({6}, 4), ids({6}, 5)}},
            {"ranking", {{944, 256}, {1665, 256}, ids({kBatch}, 944), ids({kBatch}, 1665)}},
        },
});

TEST_CASE("embedding_sum is the sum of embeddings, to the bit") {
  const std::vector<Tensor> x{random_tensor({11, 7}, 0, 1, "a"), random_tensor({3, 7}, 0, 2, "b"),
                              random_tensor(ids({40}, 11), 0, 3, "c"),
                              random_tensor(ids({40}, 3), 0, 4, "d")};
  const auto sum =
      evaluate([](const Values& v) { return embedding_sum({v[0], v[1]}, {v[2], v[3]}); }, x);
  const auto embeddings =
      evaluate([](const Values& v) { return embedding(v[0], v[2]) + embedding(v[1], v[3]); }, x);
  CHECK(sum == embeddings);
}

TEST_CASE("embedding_sum refuses tables and ids that do not fit") {
  Graph graph;
  const Value table = graph.input("table", {5, 3});
  const Value wide = graph.input("wide", {5, 4});
  const Value some = graph.input("some", {kBatch}, DataType::int32);
  const Value lists = graph.input("lists", {kBatch, 2}, DataType::int32);
  const Value numbers = graph.input("numbers", {kBatch});
  CHECK(refusal([&] { embedding_sum({table, wide}, {some, some}); }) ==
        "embedding_sum: the tables must be [rows, dimension] of one dimension, not [5, 3] and "
        "[5, 4]");
  CHECK(refusal([&] { embedding_sum({table, table}, {some, lists}); }) ==
        "embedding_sum: ids of shapes [batch] and [batch, 2] differ");
  CHECK(refusal([&] { embedding_sum({table}, {numbers}); }) ==
        "embedding_sum: tables of float32 and ids of int32 are needed, not float32 and float32");
  CHECK_THROWS_WITH(embedding_sum({table}, {}), "embedding_sum: 1 tables and 0 ids");
}

}  // namespace
}  // namespace gradus::tests
