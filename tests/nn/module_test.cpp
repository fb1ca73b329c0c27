#include "framework/nn/module.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "framework/graph/executor.h"
#include "framework/nn/dense.h"
#include "framework/nn/embedding.h"
#include "framework/nn/mlp.h"

namespace gradus {
namespace {

class Tower : public Module {
 public:
  Tower()
      : table(child<Embedding>("table", 5, 3)),
        layers(child<Mlp>("layers", 3, std::vector<int>{4}, 1)) {}
  Value operator()(Operand ids) const {
    const auto scope = enter(ids.value.graph());
    return layers(table(ids));
  }
  Embedding& table;
  Mlp& layers;
};

class Twins : public Module {
 public:
  Twins() : left(child<Tower>("left")), right(child<Tower>("right")) {}
  Tower& left;
  Tower& right;
};

class SameName : public Module {
 public:
  SameName() {
    child<Embedding>("table", 2, 2);
    child<Embedding>("table", 2, 2);
  }
};

}  // namespace

TEST_CASE("parameters are named by the path of their modules, in order") {
  const Twins twins;
  std::vector<std::string> paths;
  for (const auto& named : twins.parameters()) paths.push_back(named.path);
  CHECK(paths == std::vector<std::string>{"left.table.weight", "left.layers.0.weight",
                                          "left.layers.0.bias", "left.layers.1.weight",
                                          "left.layers.1.bias", "right.table.weight",
                                          "right.layers.0.weight", "right.layers.0.bias",
                                          "right.layers.1.weight", "right.layers.1.bias"});
  CHECK(parameter_count(twins) == 2 * (15 + 12 + 4 + 4 + 1));
  CHECK_THROWS_WITH(SameName(), "module: two children are named 'table'");
}

TEST_CASE("a module called twice shares its parameters, and nodes carry its path") {
  const Twins twins;
  Graph graph;
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value once = twins.left(ids);
  const int size = graph.size();
  const Value twice = twins.left(ids);
  CHECK(once.shape() == Shape{kBatch, 1});
  for (int i = size; i <= twice.index(); ++i) CHECK(graph.node(i).op != &kParameter);
  CHECK(twice.node().scope == "left.layers.1");
}

TEST_CASE("initial values follow from the seed and the parameter's path alone") {
  const Twins twins;
  initialize(twins, 1);
  const Tensor left = twins.parameters()[0].parameter->value.clone();
  const Tensor right = twins.parameters()[5].parameter->value;
  CHECK_FALSE(std::ranges::equal(left.floats(), right.floats()));
  for (const float x : left.floats()) CHECK(std::abs(x) <= 0.05F);
  for (const float x : twins.parameters()[2].parameter->value.floats()) CHECK(x == 0.0F);
  const double limit = std::sqrt(6.0 / (3 + 4));
  double largest = 0;
  for (const float x : twins.parameters()[1].parameter->value.floats()) {
    largest = std::max(largest, std::abs(static_cast<double>(x)));
  }
  CHECK(largest <= limit);
  CHECK(largest > limit / 2);

  const Tower alone;
  initialize(alone, 1);
  CHECK_FALSE(std::ranges::equal(left.floats(), alone.parameters()[0].parameter->value.floats()));
  initialize(twins, 2);
  CHECK_FALSE(std::ranges::equal(left.floats(), twins.parameters()[0].parameter->value.floats()));
  initialize(twins, 1);
  CHECK(std::ranges::equal(left.floats(), twins.parameters()[0].parameter->value.floats()));
}

TEST_CASE("a large uniform parameter has the mean and deviation of its distribution") {
  const Embedding table(2000, 50);
  initialize(table, 3);
  double sum = 0;
  double squares = 0;
  const auto values = table.parameters()[0].parameter->value.floats();
  for (const float x : values) {
    sum += static_cast<double>(x);
    squares += static_cast<double>(x) * static_cast<double>(x);
  }
  const auto count = static_cast<double>(values.size());
  CHECK(std::abs(sum / count) < 5e-4);
  CHECK(std::sqrt(squares / count) == doctest::Approx(0.05 / std::sqrt(3.0)).epsilon(0.01));
}

TEST_CASE("dense names the module and both shapes where an input does not fit") {
  const Twins twins;
  Graph graph;
  const Value x = graph.input("x", {kBatch, 7});
  CHECK_THROWS_WITH_AS(twins.left.layers(x),
                       doctest::Contains("dense: input has shape [batch, 7], weights have 3 rows "
                                         "(layers.0, "),
                       Error);
}

TEST_CASE("layers drop their outputs while training alone, each layer others") {
  const Mlp layers(3, {40, 40}, 1, kernels::Activation::none, 0.0, 0.5);
  CHECK(parameter_count(layers) == parameter_count(Mlp(3, {40, 40}, 1)));
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const auto dropped = [&graph](int from) {
    std::vector<std::string> purposes;
    for (int i = from; i < graph.size(); ++i) {
      if (graph.node(i).op->name != "dropout") continue;
      purposes.push_back(graph.value(i).attribute<std::string>("purpose"));
    }
    return purposes;
  };
  layers(x);
  CHECK(dropped(0).empty());
  const int before = graph.size();
  layers(x, graph.input("key", {3}, DataType::int32));
  CHECK(dropped(before) == std::vector<std::string>{"dropout_0", "dropout_1"});
  CHECK_THROWS_WITH(Dropout(1.0), "dropout: the rate must be from 0 to below 1, got 1");
}

TEST_CASE("L2 adds the coefficient times the sum of squares") {
  const Mlp layers(2, {3}, 1, kernels::Activation::none, 0.5);
  initialize(layers, 9);
  Graph graph;
  const Value loss = regularization_loss(layers, graph);
  Executor executor(graph, {loss});
  executor.run(1);
  double expected = 0;
  for (const auto& [path, parameter] : layers.parameters()) {
    if (!path.ends_with("weight")) continue;
    for (const float x : parameter->value.floats()) {
      expected += 0.5 * static_cast<double>(x) * static_cast<double>(x);
    }
  }
  CHECK(static_cast<double>(*executor.output(loss).floats()) ==
        doctest::Approx(expected).epsilon(1e-6));
  const Mlp plain(2, {3}, 1);
  CHECK_FALSE(regularization_loss(plain, graph));
}

}  // namespace gradus
