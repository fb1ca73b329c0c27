#include "framework/ops/embedding.h"

#include <doctest/doctest.h>

#include <array>

#include "framework/graph/differentiate.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "embedding",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return embedding(x[0], x[1]); },
    .cases =
        {
            {"rows", {{11, 7}, ids({kBatch}, 11)}},
            {"one row", {{1, 7}, ids({kBatch}, 1)}},
            {"one column", {{11, 1}, ids({kBatch}, 11)}},
            {"no columns", {{11, 0}, ids({kBatch}, 11)}},
            {"a list an example", {{11, 7}, ids({kBatch, 3}, 11)}},
            {"a matrix an example", {{11, 3}, ids({kBatch, 2, 2}, 11)}},
            {"one id", {{11, 7}, ids({}, 11)}},
            {"constant ids", {{11, 7}, ids({5}, 11)}},
            {"the batch on the second axis", {{11, 7}, ids({2, kBatch}, 11)}},
            {"rank 6", {{5, 2}, ids({kBatch, 1, 2, 1, 2}, 5)}},
            {"ranking", {{1665, 32}, ids({kBatch}, 1665)}},
        },
});

TEST_CASE("embedding refuses a table that is not one, and ids that are numbers") {
  Graph graph;
  const Value table = graph.input("table", {5, 3});
  const Value rows = graph.input("rows", {kBatch, 3});
  const Value vector = graph.input("vector", {5});
  const Value number_ids = graph.input("number_ids", {kBatch});
  const Value some = graph.input("ids", {kBatch}, DataType::int32);
  const Value deep = graph.input("deep", {kBatch, 1, 1, 1, 1, 1}, DataType::int32);
  const std::string must = "embedding: the table must be [rows, dimension], not ";
  CHECK(refusal([&] { embedding(vector, some); }) == must + "[5]");
  CHECK(refusal([&] { embedding(rows, some); }) == must + "[batch, 3]");
  CHECK(refusal([&] { embedding(table, number_ids); }) ==
        "embedding: a table of float32 and ids of int32 are needed, not float32 and float32");
  const Value id_table = graph.input("id_table", {5, 3}, DataType::int32);
  CHECK(refusal([&] { embedding(id_table, some); }) ==
        "embedding: a table of float32 and ids of int32 are needed, not int32 and int32");
  CHECK(refusal([&] { embedding(table, deep); }) ==
        "embedding: ids of shape [batch, 1, 1, 1, 1, 1] have too many axes");
}

TEST_CASE("embedding: an id beyond the table is refused when it is looked up") {
  const auto look_up = [](const Values& x) { return embedding(x[0], x[1]); };
  const Tensor table({3, 2});
  for (const std::int32_t id : {3, -1}) {
    const std::array<std::int32_t, 2> values{0, id};
    CHECK_THROWS_WITH(
        evaluate(look_up, {table, Tensor({2}, values)}),
        fmt::format("embedding: id {} is not a row of 'input 0', which has 3", id).c_str());
  }
}

TEST_CASE("embedding: the table's gradient is rows, repeated ids add up when they are made dense") {
  Graph graph;
  const Value table = graph.input("table", {3, 2});
  const Value some = graph.input("ids", {kBatch}, DataType::int32);
  const Value upstream = graph.input("upstream", {kBatch, 2});
  const Gradient gradient = differentiate(embedding(table, some), {&table, 1}, upstream)[0];
  CHECK_FALSE(gradient.dense);
  REQUIRE(gradient.rows.size() == 1);
  CHECK(gradient.rows[0].ids == some);
  CHECK(gradient.rows[0].rows == upstream);
  const std::array<std::int32_t, 3> values{2, 0, 2};
  const std::vector<Given> data{{some, Tensor({3}, values)},
                                {upstream, tensor({3, 2}, {1, 2, 3, 4, 5, 6})}};
  const Tensor dense_rows = run_tiled(graph, {dense(gradient, table)}, data, 3)[0];
  CHECK(difference(dense_rows, tensor({3, 2}, {3, 4, 0, 0, 6, 8}), {}) == "");
}

}  // namespace
}  // namespace gradus::tests
