#include "framework/graph/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>

#include "framework/graph/describe.h"
#include "framework/graph/differentiate.h"
#include "framework/graph/executor.h"
#include "framework/ops/add.h"
#include "framework/ops/embedding.h"
#include "framework/ops/embedding_sum.h"
#include "framework/ops/matmul.h"
#include "framework/ops/multiply.h"
#include "framework/ops/relu.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sigmoid.h"
#include "framework/ops/sum.h"
#include "framework/ops/tanh.h"
#include "framework/optim/adagrad.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// A dense layer in pieces: x [batch, 64], weights [64, 256], bias [256].
struct Layer {
  Graph graph;
  Value x = graph.input("x", {kBatch, 64});
  Value weights = graph.parameter("weights", Tensor({64, 256}));
  Value bias = graph.parameter("bias", Tensor({256}));
  Value product = matmul(x, weights);
};

Plan plan_of(const Graph& graph, const Values& outputs, std::int64_t batch = 8192) {
  std::vector<int> indices;
  for (const Value& output : outputs) indices.push_back(output.index());
  return make_plan(graph, indices, {}, {}, batch);
}

/// "matmul + bias: tile; sum_to: lanes": the steps in their order.
std::string steps(const Graph& graph, const Plan& plan) {
  std::string out;
  for (const PlanLine& line : describe(graph, plan)) {
    out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", line.op, line.runs);
  }
  return out;
}

std::string steps(const Graph& graph, const Values& outputs, std::int64_t batch = 8192) {
  return steps(graph, plan_of(graph, outputs, batch));
}

/// All numbers of the inputs are random; the tiled result must be the plain one's.
void check_result(const Graph& graph, const Values& inputs, const Values& outputs) {
  constexpr Tolerance kTolerance{.relative = 1e-5};  // sums in another order
  std::vector<Given> data;
  for (const Value& input : inputs) {
    const InputCase contents = numbers(input.shape(), -1.0F, 1.0F);
    data.push_back({input, random_tensor(contents, 700, 3, input.node().scope)});
  }
  const auto tiled = run_tiled(graph, outputs, data, 700);
  const auto plain = run_plain(graph, outputs, data, 700);
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    CHECK(difference(tiled[k], plain[k], kTolerance) == "");
  }
}

}  // namespace

TEST_CASE("plan: bias and activation become part of the product before them") {
  Layer l;
  const Value biased = l.product + l.bias;
  CHECK(steps(l.graph, {biased}) == "matmul + bias: tile");
  CHECK(steps(l.graph, {relu(biased)}) == "matmul + bias + relu: tile");
  CHECK(steps(l.graph, {sigmoid(l.product)}) == "matmul + sigmoid: tile");
  CHECK(steps(l.graph, {tanh(l.product)}) == "matmul + tanh: tile");
}

TEST_CASE("plan: one bias and one activation, in that order, are all that a product takes") {
  Layer l;
  CHECK(steps(l.graph, {relu(l.product) + l.bias}) == "matmul + relu: tile; add: tile");
  CHECK(steps(l.graph, {(l.product + l.bias) + l.bias}) == "matmul + bias: tile; add: tile");
  CHECK(steps(l.graph, {tanh(relu(l.product))}) == "matmul + relu: tile; tanh: tile");
}

TEST_CASE("plan: a value that is used twice, or wanted, is not fused away") {
  Layer l;
  const Value biased = l.product + l.bias;
  const Value active = relu(biased);
  CHECK(steps(l.graph, {l.product, active}) == "matmul: tile; add: tile; relu: tile");
  CHECK(steps(l.graph, {biased, active}) == "matmul + bias: tile; relu: tile");
  CHECK(steps(l.graph, {active * biased}) == "matmul + bias: tile; relu: tile; multiply: tile");
  CHECK(steps(l.graph, {l.product + l.product}) == "matmul: tile; add: tile");
  // Another user that is not computed does not count.
  CHECK(steps(l.graph, {active}) == "matmul + bias + relu: tile");
  const Value wanted = active * biased;
  check_result(l.graph, {l.x}, {l.product, active, wanted});
}

TEST_CASE("plan: only a row of a constant width, on the right, is a bias") {
  Layer l;
  const Value column = l.graph.input("column", {kBatch, 1});
  const Value matrix = l.graph.input("matrix", {kBatch, 256});
  const Value scalar = l.graph.input("scalar", {});
  const Value row = l.graph.input("row", {1, 256});
  for (const Value& other : {column, matrix, scalar, row}) {
    CAPTURE(other.node().scope);
    CHECK(steps(l.graph, {l.product + other}) == "matmul: tile; add: tile");
  }
  CHECK(steps(l.graph, {l.bias + l.product}) == "matmul: tile; add: tile");
}

TEST_CASE("plan: products that sum over rows take no bias and no activation") {
  Graph graph;
  const Value a = graph.input("a", {kBatch, 64});
  const Value b = graph.input("b", {kBatch, 256});
  const Value bias = graph.input("bias", {256});
  const Value sums = relu(matmul(a, b, true) + bias);
  CHECK(steps(graph, {sums}) == "matmul: lanes; add: whole; relu: whole");
}

TEST_CASE("plan: a fused product gives what its parts give") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 64});
  const Value weights = graph.input("weights", {64, 256});
  const Value bias = graph.input("bias", {256});
  const Value product = matmul(x, weights);
  for (const Value& y : {relu(product + bias), sigmoid(product + bias), tanh(product)}) {
    CAPTURE(y.node().op->name);
    check_result(graph, {x, weights, bias}, {y});
  }
}

TEST_CASE("plan: what no output needs is dropped") {
  Layer l;
  const Value unused = sum(relu(l.product) * l.product);
  const Plan plan = plan_of(l.graph, {l.product});
  CHECK(steps(l.graph, plan) == "matmul: tile");
  CHECK(plan.memory.places[static_cast<std::size_t>(unused.index())] == Place::nowhere);
  CHECK(plan.memory.places[static_cast<std::size_t>(l.bias.index())] == Place::nowhere);
  CHECK(plan.memory.places[static_cast<std::size_t>(l.x.index())] == Place::outside);
  CHECK(plan.memory.places[static_cast<std::size_t>(l.product.index())] == Place::whole);
}

TEST_CASE("plan: values that only their own tiles need are kept for one tile") {
  Layer l;
  const Value active = relu(l.product + l.bias);
  const Value total = sum(active);
  const Plan plan = plan_of(l.graph, {total});
  CHECK(steps(l.graph, plan) == "matmul + bias + relu: tile; sum_to: lanes");
  CHECK(plan.memory.places[static_cast<std::size_t>(active.index())] == Place::tile);
  CHECK(plan.memory.tile_bytes == static_cast<std::size_t>(plan.tile_rows) * 256 * sizeof(float));
  CHECK(plan.memory.whole_bytes == 64);
  // What a later stage reads must be there for the whole batch.
  const Plan two_stages = plan_of(l.graph, {sum(active * total)});
  CHECK(steps(l.graph, two_stages) ==
        "matmul + bias + relu: tile; sum_to: lanes; multiply: tile; sum_to: lanes");
  CHECK(two_stages.stages.size() == 3);
  CHECK(two_stages.memory.places[static_cast<std::size_t>(active.index())] == Place::whole);
  check_result(l.graph, {l.x}, {sum(active * total)});
}

TEST_CASE("plan: a view is no step and lies where what it shows does, as long as it is read") {
  Layer l;
  const Value active = relu(l.product + l.bias);
  const Value parts = reshape(reshape(active, {kBatch, 4, 64}), {kBatch, 16, 16});
  const Value again = sigmoid(reshape(parts, {kBatch, 256}));
  const Value later = sum(tanh(active) * again);
  const Plan plan = plan_of(l.graph, {later});
  CHECK(steps(l.graph, plan) ==
        "matmul + bias + relu: tile; sigmoid: tile; tanh: tile; multiply: tile; sum_to: lanes");
  const auto at = [](Value value) { return static_cast<std::size_t>(value.index()); };
  CHECK(plan.memory.places[at(parts)] == Place::tile);
  CHECK(plan.memory.offsets[at(parts)] == plan.memory.offsets[at(active)]);
  check_result(l.graph, {l.x}, {later});
  // As an output it keeps them; of the batch in another place, whole tiles are needed.
  CHECK(plan_of(l.graph, {parts}).memory.places[at(active)] == Place::whole);
  const Value turned = reshape(l.x, {64, kBatch});
  const Value back = tanh(reshape(tanh(turned), {kBatch, 64}));
  CHECK(steps(l.graph, {back}) == "tanh: whole; tanh: tile");
  check_result(l.graph, {l.x}, {back, later, parts, turned});
}

TEST_CASE("plan: a view of an input is the input's memory") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 6});
  const Value y = reshape(x, {kBatch, 2, 3});
  Executor executor(graph, {y});
  const Tensor given({5, 6});
  executor.set(x, given.view());
  executor.run(5);
  CHECK(executor.output(y).data == given.view().data);
  CHECK(executor.output(y).extents == Extents{5, 2, 3});
}

TEST_CASE("plan: relu's gradient is part of the product before it") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 20});
  const Value first = graph.input("first", {20, 96});
  const Value second = graph.input("second", {96, 64});
  const Value hidden = relu(matmul(x, first));
  const std::array<Value, 1> variables{first};
  const Value gradient = differentiate(sum(matmul(hidden, second)), variables)[0].dense;
  CHECK(steps(graph, {gradient}).find("matmul + gate: tile") != std::string::npos);
  check_result(graph, {x, first, second}, {gradient});
}

TEST_CASE("plan: tiles cover the batch, at least eight where there is work, whatever the machine") {
  Layer l;
  const Value total = sum(relu(l.product + l.bias));
  for (const std::int64_t batch : {0, 1, 7, 64, 300, 4096, 6272, 8192, 10007, 100000}) {
    CAPTURE(batch);
    const Plan plan = plan_of(l.graph, {total}, batch);
    std::int64_t rows = 0;
    for (std::int64_t tile = 0; tile < plan.tiles; ++tile) {
      CHECK(plan.rows(tile) >= 1);
      CHECK(plan.rows(tile) <= plan.tile_rows);
      rows += plan.rows(tile);
    }
    CHECK(rows == batch);
    CHECK(plan.lanes >= 1);
    CHECK(plan.lanes <= std::max<std::int64_t>(1, plan.tiles));
    CHECK(plan.tiles >= std::min<std::int64_t>(8, batch / 512));
    for (const int threads : {1, 3, 8}) {
      const Threads set(threads);
      const Plan again = plan_of(l.graph, {total}, batch);
      CHECK(again.tile_rows == plan.tile_rows);
      CHECK(again.lanes == plan.lanes);
      CHECK(again.memory.offsets == plan.memory.offsets);
    }
  }
}

TEST_CASE("plan: tiles are as high as what lives at once allows, however much is computed") {
  const auto tile_rows = [](int ops, std::int64_t width) {
    Graph graph;
    Value y = graph.input("x", {kBatch, width});
    for (int i = 0; i < ops; ++i) y = tanh(y);
    return plan_of(graph, {sum(y)}).tile_rows;
  };
  CHECK(tile_rows(40, 2048) == tile_rows(4, 2048));
  CHECK(tile_rows(4, 16384) == tile_rows(4, 8192) / 2);
  CHECK(tile_rows(4, 16384) < tile_rows(4, 1024));
}

TEST_CASE("plan: a sum too large for lanes becomes a step on the whole batch") {
  const auto weight_gradient = [](std::int64_t width) {
    Graph graph;
    const Value x = graph.input("x", {kBatch, width});
    const Value dy = graph.input("dy", {kBatch, 1024});
    const Value labels = graph.input("labels", {kBatch, 1});
    const Value large = matmul(x, dy, true);
    const Value small = matmul(x, labels, true);
    check_result(graph, {x, dy, labels}, {large, small});
    const Plan plan = plan_of(graph, {large, small});
    CHECK(plan.tiles == 8);
    CHECK(plan.memory.lane_bytes * static_cast<std::size_t>(plan.lanes) <= std::size_t{16} << 20);
    return fmt::format("{}; {} lanes", steps(graph, plan), plan.lanes);
  };
  // 1 MiB a lane; 2 MiB and a little, of which eight are more than 16; 8 MiB, of which two are.
  CHECK(weight_gradient(256) == "matmul: lanes; matmul: lanes; 8 lanes");
  CHECK(weight_gradient(512) == "matmul: lanes; matmul: lanes; 7 lanes");
  CHECK(weight_gradient(2048) == "matmul: lanes; matmul: whole; 8 lanes");
}

TEST_CASE("plan: an op on the whole batch is one step, and tiles go on after it") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 64});
  const Value scores = matmul(x, x, false, true);  // [batch, batch]
  const Value y = relu(matmul(scores, x));
  const Value total = sum(y * y);
  CHECK(steps(graph, {total}, 256) ==
        "matmul: whole; matmul: whole; relu: tile; multiply: tile; sum_to: lanes");
  check_result(graph, {x}, {total, y});
}

TEST_CASE("plan: steps on the whole batch that use nothing of each other share a list") {
  Graph graph;
  const Value a = graph.input("a", {64, 64});
  const Value b = graph.input("b", {64, 64});
  const Value left = tanh(a);
  const Value right = tanh(b);
  const Value both = left + right;
  const Value last = both + tanh(left);
  const Plan plan = plan_of(graph, {last});
  REQUIRE(plan.stages.size() == 1);
  std::vector<std::size_t> sizes;
  for (const std::vector<Step>& steps : plan.stages[0].whole) sizes.push_back(steps.size());
  CHECK(sizes == std::vector<std::size_t>{2, 2, 1});
  // What is computed at once lies apart; what is done with makes room.
  const auto offset = [&](Value value) {
    return plan.memory.offsets[static_cast<std::size_t>(value.index())];
  };
  CHECK(offset(left) != offset(right));
  CHECK(plan.memory.whole_bytes == std::size_t{4} * 64 * 64 * sizeof(float));
  check_result(graph, {a, b}, {last});
}

TEST_CASE("plan: an empty batch has no tiles") {
  Layer l;
  const Plan plan = plan_of(l.graph, {sum(relu(l.product))}, 0);
  CHECK(plan.tiles == 0);
  CHECK(plan.memory.whole_bytes == 64);
}

TEST_CASE("describe: scope, op, shape, place, FLOPs and bytes of every step, in order") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 64});
  const Value weights = graph.parameter("weights", Tensor({64, 256}));
  const Value bias = graph.parameter("bias", Tensor({256}));
  Value y;
  {
    const Scope scope(graph, "ratings.0");
    y = relu(matmul(x, weights) + bias);
  }
  const Value total = sum(y);
  const auto lines = describe(graph, plan_of(graph, {total}, 1000));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].scope == "ratings.0");
  CHECK(lines[0].op == "matmul + bias + relu");
  CHECK(lines[0].shape == "[batch, 256]");
  CHECK(lines[0].runs == "tile");
  CHECK(lines[0].flops == 2.0 * 1000 * 64 * 256);
  CHECK(lines[0].bytes == 4.0 * (1000 * 64 + 64 * 256 + 256 + 1000 * 256));
  CHECK(lines[1].scope.empty());
  CHECK(lines[1].op == "sum_to");
  CHECK(lines[1].shape == "[]");
  CHECK(lines[1].runs == "lanes");
  CHECK(lines[1].flops == 1000.0 * 256);
  CHECK(lines[1].bytes == 4.0 * (1000 * 256 + 1));
}

TEST_CASE("describe: lookups and updates of a table count its rows that they touch") {
  Graph graph;
  const Value table = graph.parameter("table", Tensor({5000, 32}));
  const Value bias = graph.parameter("bias", Tensor({32}));
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value other = graph.input("other", {kBatch}, DataType::int32);
  const Value one = embedding(table, ids);
  const Value two = embedding_sum({table, table}, {ids, other}, {}) + bias;
  const Value learning_rate = graph.input("learning_rate", {});
  const Value step = graph.input("step", {});
  OptimizerStates states;
  const Adagrad adagrad({.learning_rate = 0.1});
  const std::vector<Value> updates =
      update_nodes(adagrad, learning_rate, step, {table, bias},
                   {Gradient(RowGradient{ids, one}), Gradient(bias)}, states);
  const auto bytes = [&](std::int64_t batch) {
    std::vector<double> out;
    const Plan plan = make_plan(graph, {one.index(), two.index()},
                                {updates[0].index(), updates[1].index()}, {}, batch);
    for (const PlanLine& line : describe(graph, plan)) out.push_back(line.bytes / 4);
    return out;
  };
  // ids and rows read, rows written; an update reads and writes the rows and their accumulator.
  const double rows = 1000 * 32;
  CHECK(bytes(1000) == std::vector<double>{1000 + 2 * rows, 2 * 1000 + 2 * rows + 32 + rows,
                                           1000 + rows + 4 * rows, 5 * 32});
  // More ids than the table has rows.
  CHECK(bytes(9000)[2] == 9000 + 9000 * 32 + 4 * 5000 * 32);
}

}  // namespace gradus::tests
