#include "framework/nn/embedding_bag.h"

#include <doctest/doctest.h>

#include "framework/graph/differentiate.h"
#include "framework/ops/embedding_bag.h"
#include "framework/ops/one_hot.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

constexpr std::int64_t kRows = 6;
constexpr std::int64_t kDimension = 3;

Attributes attributes(const std::string& combiner) {
  return {{"rows", kRows}, {"dimension", kDimension}, {"combiner", combiner}};
}

std::vector<OpCase> cases() {
  std::vector<OpCase> all;
  const InputCase places = ids({kBatch, 4}, kRows);
  const InputCase weights = numbers({kBatch, 4}, 0.5F, 2.0F);
  for (const char* combiner : {"sum", "mean", "sqrtn"}) {
    all.push_back({combiner, {places}, attributes(combiner)});
    all.push_back({combiner + std::string(", weights"), {places, weights}, attributes(combiner)});
  }
  return all;
}

const OpCases kCases({
    .op = "EmbeddingBag",
    .attributes = {"rows", "dimension", "combiner"},
    .build =
        [](const Values& x, const Attributes& given) {
          const EmbeddingBag layer(given.get<std::int64_t>("rows"),
                                   given.get<std::int64_t>("dimension"),
                                   given.get<std::string>("combiner"));
          return x.size() > 1 ? layer(x[0], x[1]) : layer(x[0]);
        },
    .cases = cases(),
    .layer = true,
});

TEST_CASE("EmbeddingBag: a row without ids gives zeros and moves no row") {
  for (const char* combiner : {"sum", "mean", "sqrtn"}) {
    CAPTURE(combiner);
    const EmbeddingBag layer(kRows, kDimension, combiner);
    initialize(layer, 1);
    Graph graph;
    const Value places = graph.input("ids", {kBatch, 2}, DataType::int32);
    const Value weights = graph.input("weights", {kBatch, 2});
    const Value y = layer(places, weights);
    const Value table = parameters(graph)[0];
    const Value dy = graph.input("upstream", y.shape());
    const Value gradient = dense(differentiate(y, {&table, 1}, dy)[0], table);
    const Tensor none({1, 2}, std::vector<std::int32_t>{0, 0});
    const std::vector<Given> data{
        {places, none}, {weights, Tensor({1, 2})}, {dy, tensor({1, 3}, {1, 2, 3})}};
    for (const Tensor& out : run_tiled(graph, {y, gradient}, data, 1)) {
      for (const float x : out.floats()) CHECK(x == 0.0F);
    }
  }
}

TEST_CASE("EmbeddingBag: rows of different lengths, filled up, are the bags of these lengths") {
  constexpr std::int64_t kBags = 4;
  // {3, 1, 3}, {}, {5}, {2, 4}: as places of which 0 holds nothing, and side by side.
  const Tensor filled({kBags, 3}, std::vector<std::int32_t>{3, 1, 3, 0, 0, 0, 0, 5, 0, 2, 4, 0});
  const Tensor ids({6}, std::vector<std::int32_t>{3, 1, 3, 5, 2, 4});
  const Tensor offsets({kBags + 1}, std::vector<std::int32_t>{0, 3, 3, 4, 6});
  for (const char* combiner : {"sum", "mean", "sqrtn"}) {
    CAPTURE(combiner);
    const EmbeddingBag layer(kRows, kDimension, combiner);
    initialize(layer, 1);
    Graph graph;
    const Value places = graph.input("places", {kBatch, 3}, DataType::int32);
    const Value some = graph.input("ids", {6}, DataType::int32);
    const Value begins = graph.input("offsets", {kBags + 1}, DataType::int32);
    const Value of_places = layer(places, padding_mask(places));
    const Value table = parameters(graph)[0];
    const Value of_bags = embedding_bag(table, some, begins, combiner);
    const Value dy = graph.input("upstream", of_places.shape());
    const Value dy_of_bags = graph.input("upstream of bags", of_bags.shape());
    const auto moved = [&](Value y, Value upstream) {
      return dense(differentiate(y, {&table, 1}, upstream)[0], table);
    };
    const Values targets{of_places, of_bags, moved(of_places, dy), moved(of_bags, dy_of_bags)};
    const Tensor upstream = tensor({kBags, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3});
    const std::vector<Given> data{
        {places, filled}, {some, ids}, {begins, offsets}, {dy, upstream}, {dy_of_bags, upstream}};
    const std::vector<Tensor> out = run_tiled(graph, targets, data, kBags);
    CHECK(difference(out[0], out[1], {.relative = 1e-6}) == "");
    CHECK(difference(out[2], out[3], {.relative = 1e-6}) == "");
    CHECK(out[1].floats()[0] != 0.0F);
    for (std::size_t i = 3; i < 6; ++i) CHECK(out[0].floats()[i] == 0.0F);
  }
}

TEST_CASE("EmbeddingBag refuses what does not fit") {
  Graph graph;
  const EmbeddingBag layer(kRows, kDimension);
  const Value places = graph.input("ids", {kBatch, 2}, DataType::int32);
  CHECK(refusal([&] { layer(graph.input("id", {kBatch}, DataType::int32)); }) ==
        "embedding_bag: ids must be [batch, places], not [batch]");
  CHECK(refusal([&] { layer(places, graph.input("weights", {kBatch, 3})); }) ==
        "embedding_bag: shapes [batch, 2] and [batch, 3] must be the same");
  CHECK_THROWS_WITH(EmbeddingBag(kRows, kDimension, "max"),
                    "embedding_bag: the combiner must be sum, mean or sqrtn, not 'max'");
}

}  // namespace
}  // namespace gradus::tests
