#include "framework/nn/embedding.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

constexpr std::int64_t kRows = 6;

Attributes attributes() { return {{"rows", kRows}, {"dimension", std::int64_t{3}}}; }

const OpCases kCases({
    .op = "Embedding",
    .attributes = {"rows", "dimension"},
    .build =
        [](const Values& x, const Attributes& given) {
          return Embedding(given.get<std::int64_t>("rows"),
                           given.get<std::int64_t>("dimension"))(x[0]);
        },
    .cases = {{"ids", {ids({kBatch}, kRows)}, attributes()},
              {"sequences", {ids({kBatch, 4}, kRows)}, attributes()}},
    .layer = true,
});

TEST_CASE("Embedding says of an id beyond the table which table, id and row it was") {
  const Embedding layer(kRows, 3);
  Graph graph;
  const Scope scope(graph, "user_embedding");
  const Value x = graph.input("user_id", {kBatch}, DataType::int32);
  const Value y = layer(x);
  const std::vector<Given> data{{x, Tensor({3}, std::vector<std::int32_t>{5, 0, 6})}};
  CHECK_THROWS_WITH(
      run_tiled(graph, {y}, data, 3),
      "embedding: id 6 in row 2 of the batch is not a row of 'user_embedding.weight', "
      "which has 6");
}

}  // namespace
}  // namespace gradus::tests
