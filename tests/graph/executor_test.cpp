#include "framework/graph/executor.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "framework/graph/differentiate.h"
#include "framework/graph/plain_executor.h"
#include "framework/ops/add.h"
#include "framework/ops/embedding.h"
#include "framework/ops/matmul.h"
#include "framework/ops/mean_squared_error.h"
#include "framework/ops/multiply.h"
#include "framework/ops/relu.h"
#include "framework/ops/sum.h"
#include "framework/optim/sgd.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Tensor random_numbers(const Extents& extents, std::uint64_t seed) {
  return random_tensor(numbers(Shape(extents), -1.0F, 1.0F), 1, seed, "numbers");
}

/// Looked-up rows through a layer to a loss: lanes, tiles and rows of a table.
struct SmallModel {
  Graph graph;
  Value ids = graph.input("ids", {kBatch}, DataType::int32);
  Value labels = graph.input("labels", {kBatch, 64});
  Value table = graph.parameter("table", random_numbers({50, 64}, 1));
  Value weights = graph.parameter("weights", random_numbers({64, 64}, 2));
  Value loss = mean_squared_error(relu(matmul(embedding(table, ids), weights)), labels);
  Value gradient = differentiate(loss, {&weights, 1})[0].dense;

  static Tensor some_ids(std::int64_t batch, std::uint64_t seed) {
    return random_tensor(tests::ids({kBatch}, 50), batch, seed, "ids");
  }
};

}  // namespace

TEST_CASE("executor: an input that is missing, of another shape or type, is named") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value y = graph.input("y", {kBatch, 3});
  const Value unused = graph.input("unused", {kBatch, 3});
  const Value total = x + y;
  Executor executor(graph, {total});
  const Tensor three({3, 3});
  CHECK_THROWS_WITH(executor.run(3), "executor: input 'x' was not given");
  CHECK_THROWS_WITH(executor.run(0), "executor: input 'x' was not given");
  executor.set(x, three.view());
  CHECK_THROWS_WITH(executor.run(3), "executor: input 'y' was not given");
  executor.set(y, three.view());
  executor.run(3);  // what no output needs may be missing
  CHECK_THROWS_WITH(executor.run(2), "executor: input 'x' has shape [2, 3], [3, 3] was given");
  executor.set(y, Tensor({3}).view());
  CHECK_THROWS_WITH(executor.run(3), "executor: input 'y' has shape [3, 3], [3] was given");
  CHECK_THROWS_WITH(executor.set(y, Tensor({3, 3}, DataType::int32).view()),
                    "executor: input 'y' holds float32, int32 was given");
  CHECK_THROWS_WITH(executor.set(total, three.view()), "executor: node 3 is not an input");
  CHECK_THROWS_WITH(executor.run(-1), "executor: a batch of -1 rows");
  executor.set(unused, three.view());
  executor.set(y, three.view());
  executor.run(3);
}

TEST_CASE("executor: outputs are there after a run, and only they") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value y = x + x;
  const Value z = relu(y);
  Executor executor(graph, {z, x});
  CHECK_THROWS_WITH(executor.output(z), "executor: node 2 is not an output of a finished run");
  CHECK_THROWS_WITH(executor.commit(), "executor: there is no finished run to commit");
  const Tensor given({2, 3}, std::array<float, 6>{1, -2, 3, -4, 5, -6});
  executor.set(x, given.view());
  executor.run(2);
  CHECK_THROWS_WITH(executor.output(y), "executor: node 1 is not an output of a finished run");
  CHECK(executor.output(x).data == given.view().data);
  const View view = executor.output(z);
  const std::vector<float> got(view.floats(), view.floats() + view.elements());
  CHECK(got == std::vector<float>{2, 0, 6, 0, 10, 0});
}

TEST_CASE("executor: a node of another graph, or one added later, is refused") {
  Graph graph;
  Graph other;
  const Value x = graph.input("x", {kBatch});
  const Value y = relu(x);
  const Value foreign = other.input("foreign", {kBatch});
  Executor executor(graph, {y});
  const Value later = graph.input("later", {kBatch});
  const Tensor four({4});
  CHECK_THROWS_WITH(executor.set(foreign, four.view()),
                    "executor: input 'foreign' is not of this executor's graph");
  CHECK_THROWS_WITH(executor.set(later, four.view()),
                    "executor: input 'later' was added to the graph after the executor was made");
  CHECK_THROWS_WITH(Executor(graph, {foreign}), "executor: node 0 is not of this executor's graph");
  executor.set(x, four.view());
  executor.run(4);
  CHECK_THROWS_WITH(executor.output(foreign),
                    "executor: node 0 is not an output of a finished run");
}

TEST_CASE("executor: plans are kept, the one that was used least recently is dropped") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 8});
  Executor executor(graph, {relu(x)});
  const auto makes_one = [&](std::int64_t batch) {
    const std::int64_t before = allocation_count();
    executor.plan(batch);
    return allocation_count() > before;
  };
  for (std::int64_t batch = 1; batch <= 8; ++batch) CHECK(makes_one(batch));
  for (std::int64_t batch = 8; batch >= 1; --batch) CHECK_FALSE(makes_one(batch));
  CHECK(makes_one(9));  // in the place of 8
  for (std::int64_t batch = 1; batch <= 7; ++batch) CHECK_FALSE(makes_one(batch));
  CHECK_FALSE(makes_one(9));
  CHECK(makes_one(8));
  CHECK(makes_one(1));
}

TEST_CASE("executor: a run does not depend on runs before it") {
  SmallModel m;
  Executor used(m.graph, {m.loss, m.gradient});
  for (const std::int64_t batch : {700, 64, 1, 0, 2048, 64, 700}) {
    CAPTURE(batch);
    const std::vector<Given> data{
        {m.ids, SmallModel::some_ids(batch, 5)},
        {m.labels, random_numbers({batch, 64}, static_cast<std::uint64_t>(batch))}};
    const auto got = run(used, {m.loss, m.gradient}, data, batch);
    const auto fresh = run_tiled(m.graph, {m.loss, m.gradient}, data, batch);
    CHECK(same_bytes(got[0], fresh[0]));
    CHECK(same_bytes(got[1], fresh[1]));
  }
}

TEST_CASE("executor: an id beyond the table reaches the caller, and the executor runs again") {
  for (const int threads : {1, 2, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    SmallModel m;
    constexpr std::int64_t kRows = 2048;
    const Tensor labels = random_numbers({kRows, 64}, 3);
    const Tensor good = SmallModel::some_ids(kRows, 4);
    const std::vector<Given> data{{m.ids, good}, {m.labels, labels}};
    Executor executor(m.graph, {m.loss, m.gradient});
    const auto before = run(executor, {m.loss, m.gradient}, data, kRows);
    for (const std::size_t row : {0U, 1000U, 2047U}) {
      const Tensor bad = good.clone();
      bad.ids()[row] = 50;
      executor.set(m.ids, bad.view());
      const std::string must = fmt::format(
          "embedding: id 50 in row {} of the batch is not a row of 'table', which has 50", row);
      CHECK_THROWS_WITH(executor.run(kRows), must.c_str());
      CHECK_THROWS_AS(executor.output(m.loss), Error);
      CHECK_THROWS_AS(executor.commit(), Error);
    }
    const auto after = run(executor, {m.loss, m.gradient}, data, kRows);
    CHECK(same_bytes(before[0], after[0]));
    CHECK(same_bytes(before[1], after[1]));
  }
}

TEST_CASE("executor: several of one graph run at once, each from a thread of its own") {
  constexpr int kThreads = 4;
  constexpr int kRuns = 10;
  constexpr std::array<std::int64_t, 2> kSizes{2048, 77};
  const Threads set(3);
  SmallModel m;
  std::array<std::vector<Given>, kSizes.size()> data;
  std::array<std::vector<Tensor>, kSizes.size()> expected;
  for (std::size_t s = 0; s < kSizes.size(); ++s) {
    data[s] = {{m.ids, SmallModel::some_ids(kSizes[s], 6)},
               {m.labels, random_numbers({kSizes[s], 64}, 7)}};
    expected[s] = run_tiled(m.graph, {m.loss, m.gradient}, data[s], kSizes[s]);
  }
  std::atomic<int> same{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      Executor executor(m.graph, {m.loss, m.gradient});
      for (int i = 0; i < kRuns; ++i) {
        for (std::size_t s = 0; s < kSizes.size(); ++s) {
          const auto got = run(executor, {m.loss, m.gradient}, data[s], kSizes[s]);
          same += static_cast<int>(same_bytes(got[0], expected[s][0])) +
                  static_cast<int>(same_bytes(got[1], expected[s][1]));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(same == kThreads * kRuns * 2 * static_cast<int>(kSizes.size()));
}

TEST_CASE("executor: updates wait for commit") {
  Graph graph;
  const Tensor weight({2}, std::array<float, 2>{1, 2});
  const Value w = graph.parameter("w", weight);
  const Value x = graph.input("x", {kBatch, 2});
  const Value loss = sum(x * w);
  const Value learning_rate = graph.input("learning_rate", {});
  const Value step = graph.input("step", {});
  OptimizerStates states;
  const Sgd sgd({.learning_rate = 1.0});
  const auto updates =
      update_nodes(sgd, learning_rate, step, {w}, differentiate(loss, {&w, 1}), states);
  Executor executor(graph, {loss}, updates);
  const Tensor given({3, 2}, std::array<float, 6>{1, 2, 3, 4, 5, 6});
  const Tensor half({}, std::array<float, 1>{0.5F});
  executor.set(x, given.view());
  executor.set(learning_rate, half.view());
  executor.set(step, half.view());
  executor.run(3);
  CHECK(weight.floats()[0] == 1.0F);
  executor.commit();
  CHECK(weight.floats()[0] == 1.0F - 0.5F * 9.0F);
  CHECK(weight.floats()[1] == 2.0F - 0.5F * 12.0F);
  // Plans that are made in between, until that of the run is dropped, change nothing.
  executor.run(3);
  const float total = executor.output(loss).floats()[0];
  for (std::int64_t batch = 4; batch < 20; ++batch) executor.plan(batch);
  CHECK(executor.output(loss).floats()[0] == total);
  executor.commit();
  CHECK(weight.floats()[0] == 1.0F - 2 * 0.5F * 9.0F);
}

TEST_CASE("executor: outputs may be parameters, parts of a fused product, and given twice") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 2});
  const Value w = graph.parameter("w", tensor({2, 2}, {1, 0, 0, -1}));
  const Value b = graph.parameter("b", tensor({2}, {0.5F, 0.5F}));
  const Value product = matmul(x, w);
  const Value shifted = product + b;
  const Value y = relu(shifted);
  const Given given{x, tensor({1, 2}, {3, 4})};
  const auto values = run_tiled(graph, {x, w, product, shifted, y, y}, {&given, 1}, 1);
  CHECK(same_bytes(values[0], given.tensor));
  CHECK(same_bytes(values[1], tensor({2, 2}, {1, 0, 0, -1})));
  CHECK(same_bytes(values[2], tensor({1, 2}, {3, -4})));
  CHECK(same_bytes(values[3], tensor({1, 2}, {3.5F, -3.5F})));
  CHECK(same_bytes(values[4], tensor({1, 2}, {3.5F, 0})));
  CHECK(same_bytes(values[5], values[4]));
}

TEST_CASE("executor: it refuses to run with more workers than there were when it was made") {
  const Threads two(2);
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  Executor executor(graph, {relu(x)});
  const Tensor given({4, 3});
  executor.set(x, given.view());
  {
    const Threads one(1);
    executor.run(4);
  }
  const Threads three(3);
  CHECK_THROWS_WITH(executor.run(4), "executor: made for 2 workers, there are 3 now");
}

TEST_CASE("plain executor: finds the first node that is not finite, and refuses what is missing") {
  Graph graph;
  const Value x = graph.input("x", {2});
  const Value w = graph.parameter("w", tensor({2}, {1, 0}));
  const Value shifted = x + w;
  const Value squared = shifted * shifted;
  const Value y = sum(squared);
  PlainExecutor executor(graph);
  CHECK_THROWS_WITH(executor.run({y}, 1), "executor: input 'x' was not given");
  executor.set(x, tensor({2}, {1, 1}));
  executor.run({y}, 1);
  CHECK(executor.first_not_finite() == std::nullopt);
  executor.set(x, tensor({2}, {1e20F, 1}));
  executor.run({y}, 1);
  CHECK(executor.first_not_finite() == squared);
  executor.run({shifted}, 1);
  CHECK_THROWS_WITH(executor.value(y), "executor: node 4 was not computed");
  executor.set(x, tensor({3}, {1, 1, 1}));
  CHECK_THROWS_WITH(executor.run({y}, 1), "executor: input 'x' has shape [2], [3] was given");
}

TEST_CASE("executor: tiles are counted by the worker that ran them") {
  const Threads set(2);
  SmallModel m;
  Executor executor(m.graph, {m.loss});
  CHECK(executor.tiles_by_worker().size() == 2);
  run(executor, {m.loss},
      {{{m.ids, SmallModel::some_ids(2048, 1)}, {m.labels, Tensor({2048, 64})}}}, 2048);
  const auto tiles = executor.tiles_by_worker();
  CHECK(tiles[0] + tiles[1] == executor.plan(2048).tiles);
}

}  // namespace gradus::tests
