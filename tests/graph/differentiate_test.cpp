#include "framework/graph/differentiate.h"

#include <doctest/doctest.h>

#include <array>

#include "framework/graph/builtin.h"
#include "framework/ops/add.h"
#include "framework/ops/embedding.h"
#include "framework/ops/matmul.h"
#include "framework/ops/multiply.h"
#include "framework/ops/relu.h"
#include "framework/ops/scale.h"
#include "framework/ops/square.h"
#include "framework/ops/sum.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// An op that cannot be differentiated.
const Op kStep{
    .name = "step",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          for (std::int64_t i = 0; i < c.output.elements(); ++i) {
            c.output.floats()[i] = c.inputs[0].floats()[i] > 0 ? 1.0F : 0.0F;
          }
        },
};

Value step(Operand x) { return record(kStep, {x}); }

Gradient gradient_of(Value y, Value x, Value upstream = {}) {
  return differentiate(y, {&x, 1}, upstream)[0];
}

Tensor ids_tensor(std::initializer_list<std::int32_t> ids) {
  return {Extents{static_cast<std::int64_t>(ids.size())},
          std::span<const std::int32_t>(ids.begin(), ids.size())};
}

}  // namespace

TEST_CASE("differentiate: gradients that meet add up") {
  const auto build = [](const Values& x) { return x[0] * x[1] + x[0] * x[0] + x[0]; };
  const std::vector<Tensor> inputs{tensor({2}, {2, 3}), tensor({2}, {10, 20})};
  CHECK(gradient(build, inputs, 0) == std::vector<float>{15, 27});
  CHECK(gradient(build, inputs, 1) == std::vector<float>{2, 3});
}

TEST_CASE("differentiate: with respect to a value within the graph, and to the value itself") {
  Graph graph;
  const Value x = graph.input("x", {2});
  const Value middle = x * x;
  const Value y = middle * x;
  const Value upstream = graph.input("upstream", {2});
  const std::array<Value, 3> all{x, middle, y};
  const Gradients gradients = differentiate(y, all, upstream);
  CHECK(gradients[2].dense == upstream);
  const std::vector<Given> data{{x, tensor({2}, {2, 3})}, {upstream, tensor({2}, {1, 10})}};
  const auto values = run_tiled(graph, {gradients[0].dense, gradients[1].dense}, data, 1);
  CHECK(difference(values[0], tensor({2}, {12, 270}), {}) == "");
  CHECK(difference(values[1], tensor({2}, {2, 30}), {}) == "");
}

TEST_CASE("differentiate: without an upstream gradient it is ones") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 2});
  const Value dx = gradient_of(scale(x, 3.0), x).dense;
  const Given given{x, Tensor({2, 2})};
  const auto values = run_tiled(graph, {dx}, {&given, 1}, 2);
  CHECK(difference(values[0], tensor({2, 2}, {3, 3, 3, 3}), {}) == "");
}

TEST_CASE("differentiate: a value that y does not depend on has no gradient; dense, it is zeros") {
  Graph graph;
  const Value x = graph.input("x", {2});
  const Value other = graph.input("other", {3});
  const Value y = x * x;
  const Value later = y + y;
  CHECK_FALSE(gradient_of(y, other));
  CHECK_FALSE(gradient_of(y, later));
  const auto zeros = run_tiled(graph, {dense(gradient_of(y, other), other)}, {}, 1);
  CHECK(difference(zeros[0], tensor({3}, {0, 0, 0}), {}) == "");
}

TEST_CASE("differentiate: an upstream gradient of another shape, or graph, is refused") {
  Graph graph;
  Graph other;
  const Value x = graph.input("x", {kBatch, 2});
  const Value row = graph.input("row", {2});
  const Value foreign = other.input("foreign", {kBatch, 2});
  CHECK_THROWS_WITH(gradient_of(x * x, x, row),
                    "differentiate: the upstream gradient has shape [2], the value [batch, 2]");
  CHECK_THROWS_WITH(gradient_of(x * x, foreign), "differentiate: a value belongs to another graph");
  CHECK_THROWS_WITH(gradient_of(x * x, x, foreign),
                    "differentiate: a value belongs to another graph");
}

TEST_CASE(
    "differentiate: an op without a gradient is refused, with its place, if it is on the way") {
  Graph graph;
  const Value x = graph.input("x", {2});
  const Value other = graph.input("other", {2});
  Value stepped;
  {
    const Scope scope(graph, "gate");
    stepped = step(x);
  }
  const int line = __LINE__ - 2;
  CHECK_THROWS_WITH(gradient_of(stepped * x, x),
                    fmt::format("step: has no gradient (gate, {}:{})", __FILE__, line).c_str());
  CHECK(graph.scope().empty());
  // It is not on the way to a value that only multiplies it.
  CHECK(gradient_of(stepped * other, other));
}

TEST_CASE("differentiate: gradient nodes carry the scope of what they are the gradient of") {
  Graph graph;
  const Value x = graph.input("x", {2});
  Value y;
  {
    const Scope scope(graph, "ratings.0");
    y = x * x;
  }
  const Value dx = gradient_of(y, x).dense;
  CHECK(dx.input(0).node().scope == "ratings.0");
  CHECK(dx.input(1).node().scope == "ratings.0");
}

TEST_CASE("differentiate: gradients can be differentiated again") {
  Graph graph;
  const Value x = graph.input("x", {3});
  const Value cube = x * x * x;
  const Value first = gradient_of(cube, x).dense;
  const Value second = gradient_of(first, x).dense;
  const Value third = gradient_of(second, x).dense;
  const Given given{x, tensor({3}, {1, -2, 0.5F})};
  const auto values = run_tiled(graph, {first, second, third}, {&given, 1}, 1);
  CHECK(difference(values[0], tensor({3}, {3, 12, 0.75F}), {}) == "");
  CHECK(difference(values[1], tensor({3}, {6, -12, 3}), {}) == "");
  CHECK(difference(values[2], tensor({3}, {6, 6, 6}), {}) == "");
}

TEST_CASE("differentiate: two lookups in one table give two lists of rows, none of them dense") {
  Graph graph;
  const Value table = graph.parameter("table", Tensor({4, 2}));
  const Value first = graph.input("first", {kBatch}, DataType::int32);
  const Value second = graph.input("second", {kBatch}, DataType::int32);
  const Value upstream = graph.input("upstream", {kBatch, 2});
  const Value y = embedding(table, first) + scale(embedding(table, second), 10.0);
  const Gradient gradient = gradient_of(y, table, upstream);
  CHECK_FALSE(gradient.dense);
  REQUIRE(gradient.rows.size() == 2);
  const std::vector<Given> data{{first, ids_tensor({0, 3})},
                                {second, ids_tensor({3, 1})},
                                {upstream, tensor({2, 2}, {1, 2, 3, 4})}};
  const auto values = run_tiled(graph, {dense(gradient, table)}, data, 2);
  CHECK(difference(values[0], tensor({4, 2}, {1, 2, 30, 40, 0, 0, 13, 24}), {}) == "");
}

TEST_CASE(
    "differentiate: a table that is looked up and regularised has rows and a dense gradient") {
  Graph graph;
  const Tensor weights = tensor({3, 1}, {5, 6, 7});
  const Value table = graph.parameter("table", weights);
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value y = sum(embedding(table, ids)) + sum(square(table));
  const Gradient gradient = gradient_of(y, table);
  CHECK(gradient.dense);
  CHECK(gradient.rows.size() == 1);
  const Given given{ids, ids_tensor({1, 1})};
  const auto values = run_tiled(graph, {dense(gradient, table)}, {&given, 1}, 2);
  CHECK(difference(values[0], tensor({3, 1}, {10, 14, 14}), {}) == "");
}

TEST_CASE("differentiate: rows are made dense where an op must have them") {
  Graph graph;
  const Value base = graph.parameter("base", tensor({3, 1}, {1, 2, 3}));
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value y = embedding(base * base, ids);
  const Gradient gradient = gradient_of(y, base);
  CHECK(gradient.dense);
  CHECK(gradient.rows.empty());
  const Given given{ids, ids_tensor({2, 0, 2})};
  const auto values = run_tiled(graph, {gradient.dense}, {&given, 1}, 3);
  CHECK(difference(values[0], tensor({3, 1}, {2, 0, 12}), {}) == "");
}

TEST_CASE("differentiate: ids and what leads to them have no gradient") {
  Graph graph;
  const Value table = graph.input("table", {3, 2});
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  CHECK_FALSE(gradient_of(embedding(table, ids), ids));
}

TEST_CASE("differentiate: only what leads to the variables is appended as live nodes") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value w = graph.input("w", {3, 4});
  const Value y = relu(matmul(x, w));
  const Value dw = gradient_of(y, w).dense;
  CHECK(dw.shape() == Shape{3, 4});
  CHECK(dw.node().op->name == "matmul");
  CHECK(dw.attribute<bool>("transpose_a"));
}

TEST_CASE("accumulate refuses shapes that differ") {
  Graph graph;
  const Value a = graph.input("a", {2});
  const Value b = graph.input("b", {3});
  CHECK_THROWS_WITH(accumulate({a, b}), "accumulate: shapes [2] and [3] differ");
  CHECK(accumulate({a}) == a);
}

}  // namespace gradus::tests
