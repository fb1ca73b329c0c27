#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>

#include "framework/graph/executor.h"
#include "framework/optim/clipping.h"
#include "framework/optim/optimizers.h"
#include "tests/graph/allocations.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

constexpr std::int64_t kTableRows = 1000;
constexpr std::int64_t kLookups = 500;
constexpr int kSteps = 3;

/// Numbers within plus and minus 1 that look drawn.
Tensor numbers(const Extents& extents, int seed) {
  Tensor out(extents);
  std::uint32_t x = static_cast<std::uint32_t>(seed) * 2654435761U + 1U;
  for (float& value : out.floats()) {
    x = x * 1664525U + 1013904223U;
    value = static_cast<float>(x >> 8U) / 8388608.0F - 1.0F;
  }
  return out;
}

/// What an optimiser makes of parameters of all ranks and of a table, in three steps.
struct Moved {
  std::map<std::string, Tensor> tensors;  // the parameters and their states
  std::int64_t news = 0;                  // in the steps after the first
};

Moved move(const Optimizer& optimizer, const Clipping& clipping) {
  const Extents shapes[] = {{}, {5}, {300, 100}, {2, 3, 4}, {0, 3}, {3, 0}};
  Graph graph;
  std::vector<Value> parameters;
  std::vector<Value> inputs;
  Gradients gradients;
  Moved out;
  for (const Extents& shape : shapes) {
    const std::string name = shape.text();
    const Tensor& tensor = out.tensors.emplace(name, numbers(shape, 1)).first->second;
    parameters.push_back(graph.parameter(name, tensor));
    inputs.push_back(graph.input("gradient " + name, Shape(shape)));
    gradients.emplace_back(inputs.back());
  }
  const Tensor& table = out.tensors.emplace("table", numbers({kTableRows, 7}, 2)).first->second;
  parameters.push_back(graph.parameter("table", table));
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value rows = graph.input("rows", {kBatch, 7});
  gradients.emplace_back(RowGradient{ids, rows});
  const Value rate = graph.input("rate", {});
  const Value step = graph.input("step", {});
  OptimizerStates states;
  Executor executor(graph, {},
                    update_nodes(optimizer, rate, step, parameters,
                                 clip(clipping, parameters, gradients), states));
  const Tensor rate_value(Extents{}, std::vector<float>{0.01F});
  const Tensor step_value(Extents{});
  executor.set(rate, rate_value.view());
  executor.set(step, step_value.view());
  const Tensor given_ids(Extents{kLookups}, std::vector<std::int32_t>(kLookups));
  executor.set(ids, given_ids.view());
  std::vector<Tensor> given;
  given.reserve(inputs.size());
  for (const Value& input : inputs) given.emplace_back(input.shape().at(0));
  const Tensor given_rows(Extents{kLookups, 7});
  executor.set(rows, given_rows.view());
  for (std::size_t k = 0; k < inputs.size(); ++k) executor.set(inputs[k], given[k].view());
  for (int s = 1; s <= kSteps; ++s) {
    step_value.fill(static_cast<float>(s));
    for (std::size_t k = 0; k < given.size(); ++k) {
      const Tensor drawn = numbers(given[k].extents(), 10 * s + static_cast<int>(k));
      std::ranges::copy(drawn.floats(), given[k].floats().begin());
    }
    const Tensor drawn = numbers(given_rows.extents(), 100 * s);
    std::ranges::copy(drawn.floats(), given_rows.floats().begin());
    for (std::int32_t k = 0; k < kLookups; ++k) {
      given_ids.ids()[static_cast<std::size_t>(k)] = (k * k + s) % kTableRows;
    }
    const std::int64_t before = news_by_gradus();
    executor.run(kLookups);
    executor.commit();
    if (s > 1) out.news += news_by_gradus() - before;
  }
  for (const auto& [name, state] : states) out.tensors.emplace(name, state);
  return out;
}

}  // namespace

TEST_CASE("optimisers: any shape, the same bits on any number of threads, nothing allocated") {
  const Clipping clippings[] = {{}, {.clip_value = 0.5}, {.clip_norm = 2}, {.global_clip_norm = 3}};
  for (const OptimizerKind& kind : optimizers()) {
    const auto optimizer = kind.create().make();
    for (const Clipping& clipping : clippings) {
      CAPTURE(kind.name);
      CAPTURE(clipping.clip_value);
      CAPTURE(clipping.clip_norm);
      CAPTURE(clipping.global_clip_norm);
      std::map<std::string, Tensor> first;
      for (const int threads : {1, 2, 3, 5}) {
        CAPTURE(threads);
        const Threads set(threads);
        start_workers();
        const Moved moved = move(*optimizer, clipping);
        CHECK(moved.news == 0);
        if (first.empty()) first = moved.tensors;
        for (const auto& [name, tensor] : moved.tensors) {
          CAPTURE(name);
          const Tensor& one = first.at(name);
          CHECK((tensor.bytes() == 0 ||
                 std::memcmp(tensor.view().data, one.view().data, tensor.bytes()) == 0));
          CHECK(std::ranges::all_of(tensor.floats(), [](float x) { return std::isfinite(x); }));
        }
      }
      for (const char* name : {"[]", "[5]", "[300, 100]", "[2, 3, 4]", "table"}) {
        CAPTURE(name);
        const Tensor& after = first.at(name);
        const Tensor before = numbers(after.extents(), std::string(name) == "table" ? 2 : 1);
        CHECK(std::memcmp(after.view().data, before.view().data, after.bytes()) != 0);
      }
    }
  }
}

TEST_CASE("row-wise Adagrad keeps one number for each row") {
  const auto kind = std::ranges::find(optimizers(), "rowwise_adagrad", &OptimizerKind::name);
  const Moved moved = move(*kind->create().make(), {});
  const auto extents = [&](const char* name) {
    return moved.tensors.at(std::string(name) + "/accumulator").extents().text();
  };
  CHECK(extents("table") == "[1000]");
  CHECK(extents("[300, 100]") == "[300]");
  CHECK(extents("[2, 3, 4]") == "[2]");
  CHECK(extents("[5]") == "[5]");
  CHECK(extents("[]") == "[]");
}

TEST_CASE("gradients are clipped by one limit at most") {
  CHECK_THROWS_WITH_AS(clip({.clip_value = 1, .clip_norm = 1}, {}, {}),
                       "clip_value, clip_norm, global_clip_norm: only one can be above 0", Error);
}

TEST_CASE("a table's gradient that is dense in part is clipped by the norm of the sum") {
  Graph graph;
  const Tensor table(Extents{3, 2});
  const Value parameter = graph.parameter("table", table);
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value rows = graph.input("rows", {kBatch, 2});
  const Value all = graph.input("all", {3, 2});
  Gradient gradient(all);
  gradient.rows.push_back({ids, rows});
  const Gradients clipped = clip({.clip_norm = 5}, {parameter}, {gradient});
  REQUIRE(clipped[0].rows.empty());
  Executor executor(graph, {clipped[0].dense});
  const Tensor given_ids(Extents{2}, std::vector<std::int32_t>{1, 1});
  const Tensor given_rows(Extents{2, 2}, std::vector<float>{3, 4, 2, 1});
  const Tensor given(Extents{3, 2}, std::vector<float>{0, 0, 1, 3, 0, 0});
  executor.set(ids, given_ids.view());
  executor.set(rows, given_rows.view());
  executor.set(all, given.view());
  executor.run(2);
  const float* out = executor.output(clipped[0].dense).floats();
  CHECK(out[2] == doctest::Approx(3.0));  // (6, 8), of norm 10
  CHECK(out[3] == doctest::Approx(4.0));
  CHECK(out[0] == 0.0F);
}

}  // namespace gradus::tests
