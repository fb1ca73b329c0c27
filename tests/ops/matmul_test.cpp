#include "framework/ops/matmul.h"

#include <doctest/doctest.h>

#include "framework/graph/differentiate.h"
#include "framework/ops/concat.h"
#include "framework/ops/embedding.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

bool flag(const Attributes& a, std::string_view name) {
  return a.find(name) != nullptr && a.get<bool>(name);
}

const Attributes kLeft{{"transpose_a", true}};
const Attributes kRight{{"transpose_b", true}};
const Attributes kBoth{{"transpose_a", true}, {"transpose_b", true}};

const OpCases kCases({
    .op = "matmul",
    .attributes = {"transpose_a", "transpose_b"},
    .build =
        [](const Values& x, const Attributes& a) {
          return matmul(x[0], x[1], flag(a, "transpose_a"), flag(a, "transpose_b"));
        },
    .cases =
        {
            {"rows", {{kBatch, 17}, {17, 33}}},
            {"rows, to fewer columns", {{kBatch, 17}, {17, 5}}},
            {"rows by a transposed matrix", {{kBatch, 17}, {33, 17}}, kRight},
            {"rows by a transposed matrix, to fewer columns", {{kBatch, 17}, {5, 17}}, kRight},
            {"rows by a column", {{kBatch, 17}, {17, 1}}},
            {"one column by a row", {{kBatch, 1}, {1, 9}}},
            {"one column by a number", {{kBatch, 1}, {1, 1}}},
            {"no columns", {{kBatch, 0}, {0, 5}}},
            {"into no columns", {{kBatch, 5}, {5, 0}}},
            {"rows summed", {{kBatch, 17}, {kBatch, 5}}, kLeft},
            {"rows summed to a column", {{kBatch, 17}, {kBatch, 1}}, kLeft},
            {"rows summed to a row", {{kBatch, 1}, {kBatch, 17}}, kLeft},
            {"one value, rows summed", {{kBatch, 9}, again(0)}, kLeft},
            {"two rows an example", {{{2, true}, 7}, {7, 5}}},
            {"two rows an example, summed", {{{2, true}, 7}, {{2, true}, 5}}, kLeft},
            {"the batch inside, both transposed", {{kBatch, 6}, {5, kBatch}}, kBoth},
            {"the batch inside", {{6, kBatch}, {kBatch, 5}}},
            {"the batch outside, transposed", {{7, kBatch}, {7, 5}}, kLeft},
            {"the batch on the right", {{5, 7}, {7, kBatch}}},
            {"constants", {{3, 5}, {5, 7}}},
            {"constants, left transposed", {{5, 3}, {5, 7}}, kLeft},
            {"constants, both transposed", {{5, 3}, {7, 5}}, kBoth},
            {"large constants", {{65, 70}, {70, 67}}},
            {"large constants, both transposed", {{70, 65}, {67, 70}}, kBoth},
            {"many constant rows summed", {{600, 3}, {600, 32}}, kLeft},
            {"many constant rows summed, in uneven parts", {{1031, 2}, {1031, 5}}, kLeft},
            {"ranking, first layer", {{kBatch, 64}, {64, 256}}},
            {"ranking, second layer", {{kBatch, 256}, {256, 64}}},
            {"ranking, output", {{kBatch, 64}, {64, 1}}},
        },
});

TEST_CASE("matmul refuses other ranks than two, and inner sizes that differ") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value w = graph.input("w", {4, 2});
  const Value row = graph.input("row", {3});
  CHECK(refusal([&] { matmul(x, row); }) ==
        "matmul: shapes [batch, 3] and [3] must have two axes each");
  CHECK(refusal([&] { matmul(x, w); }) == "matmul: [batch, 3] has 3 columns, [4, 2] has 4 rows");
  CHECK(refusal([&] { matmul(x, w, false, true); }) ==
        "matmul: [batch, 3] has 3 columns, [4, 2] transposed has 2 rows");
  CHECK(refusal([&] { matmul(x, w, true); }) ==
        "matmul: [batch, 3] transposed has batch columns, [4, 2] has 4 rows");
}

/// Ids of two small tables and one large one, each of 4 columns, and a number column.
struct Lookups {
  explicit Lookups(std::int64_t expected_batch) : graph(expected_batch) {
    for (const std::int64_t rows : {5, 1000, 7}) {
      tables.push_back(graph.input("table", {rows, 4}));
      ids.push_back(graph.input("ids", {kBatch}, DataType::int32));
      parts.push_back(embedding(tables.back(), ids.back()));
    }
    numbers = graph.input("numbers", {kBatch, 2});
    parts.insert(parts.begin() + 1, numbers);
  }
  Graph graph;
  Values tables;
  Values ids;
  Values parts;
  Value numbers;
};

TEST_CASE(
    "matmul of lookups: small tables are multiplied rather than the batch, for the same values") {
  std::vector<std::vector<Tensor>> results;
  for (const std::int64_t expected_batch : {0, 64}) {
    Lookups l(expected_batch);
    const Value w = l.graph.input("w", {14, 3});
    const Value y = matmul(concat(l.parts, 1), w);
    Values inputs(l.tables);
    inputs.push_back(l.numbers);
    inputs.push_back(w);
    const Value upstream = l.graph.input("upstream", {kBatch, 3});
    Values outputs{y};
    const Gradients gradients = differentiate(y, inputs, upstream);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      outputs.push_back(dense(gradients[k], inputs[k]));
    }
    int sums = 0;
    for (int i = 0; i < l.graph.size(); ++i) {
      if (l.graph.node(i).op->name == "embedding_sum") sums += l.graph.node(i).inputs.size() == 4;
    }
    CHECK(sums == (expected_batch > 0 ? 1 : 0));

    std::vector<Given> data{{w, random_tensor({14, 3}, 0, 1, "w")},
                            {upstream, random_tensor({50, 3}, 0, 2, "upstream")},
                            {l.numbers, random_tensor({50, 2}, 0, 3, "numbers")}};
    for (std::size_t k = 0; k < l.tables.size(); ++k) {
      const auto rows = static_cast<std::int32_t>(l.tables[k].shape()[0].size);
      data.push_back({l.tables[k], random_tensor({rows, 4}, 0, k, "table")});
      data.push_back({l.ids[k], random_tensor(ids({50}, rows), 0, k, "ids")});
    }
    results.push_back(run_tiled(l.graph, outputs, data, 50));
  }
  for (std::size_t k = 0; k < results[0].size(); ++k) {
    CAPTURE(k);
    CHECK(difference(results[1][k], results[0][k], {.relative = 1e-5}) == "");
  }
}

TEST_CASE("matmul of lookups refuses a matrix of other rows as any matmul does") {
  for (const std::int64_t expected_batch : {0, 64}) {
    Lookups l(expected_batch);
    const Value x = concat(l.parts, 1);
    for (const std::int64_t rows : {13, 15}) {
      const Value w = l.graph.input("w", {rows, 3});
      CHECK(refusal([&] { matmul(x, w); }) ==
            fmt::format("matmul: [batch, 14] has 14 columns, [{0}, 3] has {0} rows", rows));
    }
  }
}

}  // namespace
}  // namespace gradus::tests
