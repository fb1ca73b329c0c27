#include "framework/nn/batch_norm.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "framework/ops/sum.h"
#include "tests/ops/evaluate.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

const OpCases kCases({
    .op = "BatchNorm",
    .attributes = {"training"},
    .build =
        [](const Values& x, const Attributes& attributes) {
          // A large epsilon, where statistics that a case draws may be below 0.
          const auto* epsilon = attributes.find("epsilon");
          const BatchNorm layer(x[0].shape()[1].size, 0.99,
                                epsilon ? std::get<double>(*epsilon) : 1e-3);
          return layer(x[0], attributes.get<bool>("training"));
        },
    .cases = {{"training", {{kBatch, 17}}, {{"training", true}}},
              {"one column", {{kBatch, 1}}, {{"training", true}}},
              {"evaluation", {{kBatch, 17}}, {{"training", false}, {"epsilon", 2.0}}}},
    .layer = true,
});

/// The layer's parameters by name, with these elements.
void set(const BatchNorm& layer, const std::string& name, const std::vector<float>& values) {
  for (const auto& [path, parameter] : layer.parameters()) {
    if (path == name) std::ranges::copy(values, parameter->value.floats().begin());
  }
}

std::vector<float> get(const BatchNorm& layer, const std::string& name) {
  for (const auto& [path, parameter] : layer.parameters()) {
    if (path != name) continue;
    const auto values = parameter->value.floats();
    return {values.begin(), values.end()};
  }
  return {};
}

TEST_CASE("BatchNorm's statistics follow the batches as Keras' do") {
  const json reference =
      json::parse(read_file(source_folder() / "tests/golden/layers/layers.json"));
  const json& moving = reference.at("moving");
  const BatchNorm layer(2, moving.at("momentum"));
  initialize(layer, 1);
  Graph graph;
  const Value x = graph.input("x", {kBatch, 2});
  const Value y = layer(x, true);
  Executor executor(graph, {y}, graph.updates_each_step());
  for (std::size_t k = 0; k < moving.at("batches").size(); ++k) {
    const auto rows = moving.at("batches").at(k).get<std::vector<std::vector<float>>>();
    const Tensor batch({static_cast<std::int64_t>(rows.size()), 2});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(rows[i], batch.floats().begin() + static_cast<std::ptrdiff_t>(2 * i));
    }
    executor.set(x, batch.view());
    executor.run(batch.extents()[0]);
    executor.commit();
    CAPTURE(k);
    for (std::size_t c = 0; c < 2; ++c) {
      const float mean = moving.at("means").at(k).at(c);
      const float variance = moving.at("variances").at(k).at(c);
      CHECK(get(layer, "moving_mean")[c] == doctest::Approx(mean).epsilon(1e-6));
      CHECK(get(layer, "moving_variance")[c] == doctest::Approx(variance).epsilon(1e-6));
    }
  }
  const Tensor none({0, 2});  // which has no statistics
  executor.set(x, none.view());
  executor.run(0);
  const std::vector<float> before = get(layer, "moving_mean");
  executor.commit();
  CHECK(get(layer, "moving_mean") == before);
}

TEST_CASE("BatchNorm called twice in a step follows one input after the other") {
  for (const int threads : {1, 3, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    const BatchNorm layer(1, 0.5);
    initialize(layer, 1);
    Graph graph;
    const Value a = graph.input("a", {kBatch, 1});
    const Value b = graph.input("b", {kBatch, 1});
    const std::vector<Value> outputs{layer(a, true), layer(b, true)};
    Executor executor(graph, outputs, graph.updates_each_step());
    const Tensor of_a = tensor({2, 1}, {3, 5});
    const Tensor of_b = tensor({2, 1}, {-8, -16});
    executor.set(a, of_a.view());
    executor.set(b, of_b.view());
    executor.run(2);
    CHECK(executor.plan(2).updates.size() == 2);
    executor.commit();
    CHECK(get(layer, "moving_mean")[0] == 0.5F * (0.5F * 4) + 0.5F * -12);
    CHECK(get(layer, "moving_variance")[0] == 0.5F * (0.5F * 1 + 0.5F * 1) + 0.5F * 16);
  }
}

TEST_CASE("a node that updates nothing is no update") {
  Graph graph;
  const Value y = sum(graph.input("x", {kBatch, 2}));
  CHECK_THROWS_WITH(graph.update_each_step(y), "sum_to: the op updates nothing");
}

TEST_CASE("BatchNorm outside of training uses what it has seen, and changes nothing") {
  const BatchNorm layer(2);
  initialize(layer, 1);
  set(layer, "moving_mean", {1, -2});
  set(layer, "moving_variance", {4, 9});
  Graph graph;
  const Value x = graph.input("x", {kBatch, 2});
  const Value y = layer(x, false);
  CHECK(graph.updates_each_step().empty());
  const std::vector<Given> data{{x, tensor({1, 2}, {3, 1})}};
  const Tensor out = run_tiled(graph, {y}, data, 1)[0];
  CHECK(out.floats()[0] == doctest::Approx(1).epsilon(1e-3));
  CHECK(out.floats()[1] == doctest::Approx(1).epsilon(1e-3));
}

TEST_CASE("BatchNorm refuses what does not fit") {
  Graph graph;
  CHECK(refusal([&] { BatchNorm(4)(graph.input("x", {kBatch, 3}), true); }) ==
        "batch_norm: input has shape [batch, 3], [batch, 4] is needed");
  CHECK_THROWS_WITH(BatchNorm(4, 1.5), "batch_norm: momentum must be from 0 to 1, not 1.5");
  CHECK_THROWS_WITH(BatchNorm(4, 0.9, 0), "batch_norm: epsilon must be above 0, not 0");
}

}  // namespace
}  // namespace gradus::tests
