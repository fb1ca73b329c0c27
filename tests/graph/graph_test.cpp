#include "framework/graph/graph.h"

#include <doctest/doctest.h>

#include "framework/ops/add.h"
#include "framework/ops/matmul.h"
#include "framework/ops/mean_squared_error.h"
#include "framework/ops/multiply.h"
#include "framework/ops/relu.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

std::string message(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("graph: nodes are in the order in which they were made, inputs before users") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value w = graph.input("w", {3, 4});
  const Value y = relu(matmul(x, w));
  CHECK(graph.size() == 4);
  CHECK(y.index() == 3);
  CHECK(y.node().op->name == "relu");
  CHECK(y.input(0).node().op->name == "matmul");
  CHECK(y.input(0).input_count() == 2);
  CHECK(y.input(0).input(1) == w);
  CHECK(y.shape() == Shape{kBatch, 4});
  CHECK(graph.value(3) == y);
}

TEST_CASE("graph: references to nodes and shapes stay valid while nodes are appended") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Node* node = &x.node();
  Value y = x;
  for (int i = 0; i < 1000; ++i) y = y + x;
  CHECK(node == &x.node());
}

TEST_CASE("graph: nodes carry the scope and the line that made them") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  Value y;
  int line = 0;
  {
    const Scope outer(graph, "ratings");
    CHECK(graph.scope() == "ratings");
    const Scope unnamed(graph, "");
    const Scope inner(graph, "0");
    CHECK(graph.scope() == "ratings.0");
    line = __LINE__ + 1;
    y = x * x;
  }
  CHECK(graph.scope().empty());
  CHECK(y.node().scope == "ratings.0");
  CHECK(y.node().where.line == line);
  CHECK(std::string(y.node().where.file) == __FILE__);
}

TEST_CASE("graph: an error names scope, file and line of the model's code") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 48});
  const Value w = graph.input("w", {64, 8});
  const Value vector = graph.input("vector", {kBatch});
  const Scope scope(graph, "ratings.0");
  const int line = __LINE__ + 1;
  const std::string text = message([&] { matmul(x, w); });
  CHECK(text == fmt::format("matmul: [batch, 48] has 48 columns, [64, 8] has 64 rows "
                            "(ratings.0, {}:{})",
                            __FILE__, line));
  // An op that builds on others names the line that called it, not one of its own.
  CHECK(message([&] { mean_squared_error(x, vector); }) ==
        fmt::format("mean_squared_error: shapes [batch, 48] and [batch] must be the same "
                    "(ratings.0, {}:{})",
                    __FILE__, line + 5));
}

TEST_CASE("graph: a refused call leaves the graph as it was") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value y = graph.input("y", {kBatch, 4});
  CHECK_THROWS_AS(x + y, Error);
  CHECK(graph.size() == 2);
}

TEST_CASE("graph: handles of another graph, and of none, are refused") {
  Graph graph;
  Graph other;
  const Value x = graph.input("x", {kBatch, 3});
  const Value y = other.input("y", {kBatch, 3});
  CHECK(refusal([&] { x + y; }) == "add: an input belongs to another graph");
  CHECK(refusal([&] { x + Value(); }) == "add: an input belongs to another graph");
  CHECK_THROWS_WITH(Value() + x, "add: no input");
  CHECK_THROWS_WITH(Value().shape(), "value: a handle to nothing was used");
}

TEST_CASE("graph: one tensor is one parameter, named by the scope that made it first") {
  Graph graph;
  const Tensor weight({3, 4});
  Value first;
  {
    const Scope scope(graph, "user_embedding");
    first = graph.parameter("weight", weight);
  }
  const Value again = graph.parameter("other", weight);
  const Tensor equal = weight.clone();
  CHECK(again == first);
  CHECK(first.node().scope == "user_embedding.weight");
  CHECK(first.shape() == Shape{3, 4});
  CHECK(graph.tensor(first.index())->view().data == weight.view().data);
  CHECK_FALSE(graph.parameter("equal", equal) == first);
  CHECK(graph.tensor(graph.input("x", {3}).index()) == nullptr);
}

TEST_CASE("graph: attributes are found by name and type") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value y = matmul(x, x, true);
  CHECK(y.attribute<bool>("transpose_a"));
  CHECK_FALSE(y.attribute<bool>("transpose_b"));
  CHECK_THROWS_WITH(y.attribute<double>("transpose_a"), "no attribute 'transpose_a'");
  CHECK_THROWS_WITH(y.attribute<bool>("axis"), "no attribute 'axis'");
}

TEST_CASE("graph: ids are refused where numbers are needed") {
  Graph graph;
  const Value x = graph.input("x", {kBatch});
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  CHECK(refusal([&] { x* ids; }) == "multiply: an input holds int32, float32 is needed");
  CHECK(refusal([&] { relu(ids); }) == "relu: an input holds int32, float32 is needed");
}

}  // namespace gradus::tests
