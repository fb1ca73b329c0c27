#include "framework/nn/mlp.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes attributes(const Shape& hidden, std::int64_t outputs) {
  return {{"hidden", hidden}, {"outputs", outputs}};
}

const OpCases kCases({
    .op = "Mlp",
    .attributes = {"hidden", "outputs"},
    .build =
        [](const Values& x, const Attributes& given) {
          std::vector<int> hidden;
          for (const Dimension& width : given.get<Shape>("hidden")) {
            hidden.push_back(static_cast<int>(width.size));
          }
          return Mlp(x[0].shape()[1].size, hidden, given.get<std::int64_t>("outputs"))(x[0]);
        },
    // Hidden layers' kinks lie anywhere, and differences say nothing there: reference values do.
    .cases = {{"no hidden layer", {{kBatch, 7}}, attributes({}, 3)}},
    .layer = true,
});

TEST_CASE("Mlp drops only between its layers, and only where there is a key") {
  const Mlp layers(4, {64}, 1, kernels::Activation::none, 0.0, 0.5);
  initialize(layers, 1);
  Graph graph;
  const Value x = graph.input("x", {kBatch, 4});
  const Value key = graph.input("key", {3}, DataType::int32);
  const std::vector<Given> data{{x, tensor({2, 4}, {1, -2, 3, -4, 1, -2, 3, -4})},
                                {key, Tensor({3}, std::vector<std::int32_t>{1, 0, 1})}};
  const Value drops = layers(x, key);
  const Value whole = layers(x);
  const std::vector<Tensor> out = run_tiled(graph, {drops, whole}, data, 2);
  CHECK(out[1].floats()[0] == out[1].floats()[1]);
  CHECK(out[0].floats()[0] != out[0].floats()[1]);  // rows lose other elements
  CHECK(out[0].floats()[0] != out[1].floats()[0]);
}

}  // namespace
}  // namespace gradus::tests
