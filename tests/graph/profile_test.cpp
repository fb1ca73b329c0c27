#include "framework/graph/profile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "framework/graph/describe.h"
#include "framework/graph/executor.h"
#include "framework/kernels/parallel.h"
#include "framework/ops/matmul.h"
#include "framework/ops/relu.h"
#include "framework/ops/sum.h"
#include "framework/optim/sgd.h"
#include "tests/graph/allocations.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

using Kind = Profile::Kind;

/// A layer, a sum in lanes, and what is computed of the sum.
struct Layer {
  Graph graph;
  Value x = graph.input("x", {kBatch, 64});
  Value weights = graph.parameter("weights", filled({64, 256}));
  Value total = sum(relu(matmul(x, weights)));
  Value end = relu(total);

  static Tensor filled(const Extents& extents) {
    Tensor out(extents);
    out.fill(0.5F);
    return out;
  }
};

/// What is noted of each kind and node, as "tile 3".
std::map<std::string, std::int64_t> counted(const Profile& profile) {
  const std::map<Kind, std::string> names = {
      {Kind::tile, "tile"},   {Kind::whole, "whole"}, {Kind::alone, "alone"}, {Kind::help, "help"},
      {Kind::lanes, "lanes"}, {Kind::part, "part"},   {Kind::step, "step"}};
  std::map<std::string, std::int64_t> out;
  for (const Profile::Event& event : profile.events()) {
    ++out[fmt::format("{} {}", names.at(event.kind),
                      event.node < 0 ? std::string(event.name) : std::to_string(event.node))];
  }
  return out;
}

}  // namespace

TEST_CASE("profile: every run of every node is noted, on any number of workers") {
  constexpr std::int64_t kRows = 1000;
  const Tensor rows = Layer::filled({kRows, 64});
  for (const int threads : {1, 3}) {
    CAPTURE(threads);
    const Threads set(threads);
    Layer l;
    Executor executor(l.graph, {l.end});
    executor.set(l.x, rows.view());
    Profile profile(l.graph);
    executor.set_profile(&profile);
    const Plan& plan = executor.plan(kRows);
    executor.run(kRows);
    executor.run(kRows);
    executor.set_profile(nullptr);
    executor.run(kRows);

    CHECK(plan.tiles > 1);
    const int layer = l.total.input(0).index();  // the product, and the activation fused to it
    const int total = l.total.index();
    const std::int64_t tiles = 2 * plan.tiles;
    const std::map<std::string, std::int64_t> expected = {
        {fmt::format("tile {}", layer), tiles},
        {fmt::format("tile {}", total), tiles},
        {fmt::format("lanes {}", total), 2 * (plan.lanes - 1)},
        {fmt::format("whole {}", l.end.index()), 2},
        {"part plan", 1}};
    CHECK(counted(profile) == expected);
    CHECK(profile.node(layer).calls == tiles);
    CHECK(profile.node(total).calls == tiles);
    CHECK(profile.node(l.end.index()).calls == 2);
    CHECK(profile.node(l.x.index()).calls == 0);
    CHECK(profile.runs() == std::vector<std::pair<std::int64_t, std::int64_t>>{{kRows, 2}});
    CHECK(profile.workers() == threads);
    CHECK(profile.steps() == 0);
    CHECK(profile.node(layer).nanoseconds > 0);

    std::int64_t rows_noted = 0;
    std::vector<std::int64_t> end(static_cast<std::size_t>(threads), 0);
    std::int64_t busy = 0;
    for (const Profile::Event& event : profile.events()) {
      CHECK(event.begin >= end[static_cast<std::size_t>(event.worker)]);
      CHECK(event.end >= event.begin);
      end[static_cast<std::size_t>(event.worker)] = event.end;
      if (event.node != layer) continue;
      CHECK(event.batch == kRows);
      CHECK(event.rows == plan.rows(event.tile));
      rows_noted += event.rows;
      busy += event.end - event.begin;
    }
    CHECK(rows_noted == 2 * kRows);
    CHECK(profile.node(layer).nanoseconds == busy);
    CHECK(profile.seconds() > 0);
    CHECK(1e-9 * static_cast<double>(busy) <= profile.seconds() * threads);
  }
}

TEST_CASE("profile: updates side by side keep one worker each, a single one all of them") {
  constexpr int kWorkers = 3;
  const Threads set(kWorkers);
  for (const int parameters : {1, 2, 5}) {
    CAPTURE(parameters);
    Graph graph;
    std::vector<Value> values;
    Gradients gradients;
    for (int i = 0; i < parameters; ++i) {
      values.push_back(graph.parameter("p" + std::to_string(i), Layer::filled({100, 4})));
      gradients.emplace_back(values.back());
    }
    const Value learning_rate = graph.input("learning_rate", {});
    const Value step = graph.input("step", {});
    OptimizerStates states;
    const std::vector<Value> updates =
        update_nodes(Sgd({.learning_rate = 0.1}), learning_rate, step, values, gradients, states);
    Executor executor(graph, {learning_rate}, updates);
    const Tensor scalar{Extents{}};
    executor.set(learning_rate, scalar.view());
    executor.set(step, scalar.view());
    Profile profile(graph);
    executor.set_profile(&profile);
    executor.run(1);
    executor.commit();
    const bool one = parameters == 1;
    for (const Profile::Event& event : profile.events()) {
      if (event.kind == Kind::part) continue;
      CHECK(event.kind == (one ? Kind::whole : Kind::alone));
      CHECK(profile.node(event.node).calls == 1);
      CHECK(profile.node(event.node).nanoseconds == (event.end - event.begin) * (one ? 3 : 1));
    }
    CHECK(profile.events().size() == static_cast<std::size_t>(parameters) + 1);
  }
}

TEST_CASE("profile: a step's time is its worker's and that of those who helped") {
  const Threads set(3);
  Graph graph;
  std::vector<Value> products;
  for (int i = 0; i < 2; ++i) {
    const Value left = graph.parameter("left", Layer::filled({2000, 64}));
    products.push_back(matmul(left, graph.parameter("right", Layer::filled({64, 64}))));
  }
  Executor executor(graph, products);
  Profile profile(graph);
  executor.set_profile(&profile);
  executor.run(1);
  for (const Value& product : products) {
    std::int64_t busy = 0;
    for (const Profile::Event& event : profile.events()) {
      if (event.node != product.index()) continue;
      CHECK((event.kind == Kind::alone || event.kind == Kind::help));
      CHECK(event.rows == 1);
      busy += event.end - event.begin;
    }
    CHECK(profile.node(product.index()).calls == 1);
    CHECK(profile.node(product.index()).nanoseconds == busy);
  }
}

TEST_CASE("profile: what is long enough for all workers runs in turn, the rest side by side") {
  Graph graph;
  std::vector<Value> products;
  for (const std::int64_t rows : {10, 2000, 20, 2000}) {
    const Value left = graph.parameter("left", Layer::filled({rows, 64}));
    products.push_back(matmul(left, graph.parameter("right", Layer::filled({64, 64}))));
  }
  for (const int workers : {2, 16}) {
    CAPTURE(workers);
    const Threads set(workers);
    Executor executor(graph, products);
    Profile profile(graph);
    executor.set_profile(&profile);
    executor.run(1);
    std::map<int, Kind> kinds;
    std::int64_t end = 0;  // of the long ones
    for (const Profile::Event& event : profile.events()) {
      if (event.kind == Kind::part || event.kind == Kind::help) continue;
      kinds[event.node] = event.kind;
      if (event.kind == Kind::whole) CHECK(event.begin >= end);
      end = std::max(end, event.kind == Kind::whole ? event.end : 0);
    }
    for (const Value& product : products) {
      const bool is_long = product.shape()[0].size == 2000;
      CHECK(kinds[product.index()] == (is_long && workers == 2 ? Kind::whole : Kind::alone));
    }
  }
}

TEST_CASE("profile: one of fewer nodes or workers is refused") {
  Layer l;
  const Threads set(2);
  Profile profile(l.graph);
  const int nodes = l.graph.size();
  relu(l.end);
  Executor executor(l.graph, {l.end});
  CHECK_THROWS_WITH(executor.set_profile(&profile),
                    fmt::format("executor: a profile of {} nodes and 2 workers, there are {} and 2",
                                nodes, nodes + 1)
                        .c_str());
  const Threads one(1);
  Profile alone(l.graph);
  CHECK_THROWS_WITH(executor.set_profile(&alone),
                    fmt::format("executor: a profile of {} nodes and 1 workers, there are {} and 2",
                                nodes + 1, nodes + 1)
                        .c_str());
}

TEST_CASE("profile: noting allocates nothing") {
  start_workers();
  const Tensor rows = Layer::filled({1000, 64});
  Layer l;
  Executor executor(l.graph, {l.end});
  executor.set(l.x, rows.view());
  Profile profile(l.graph);
  executor.set_profile(&profile);
  const auto step = [&] {
    const Profile::Span whole(&profile, "step", Kind::step);
    const Profile::Span part(&profile, "part");
    executor.run(1000);
  };
  step();
  const std::int64_t blocks = allocation_count();
  const std::int64_t news = news_by_gradus();
  for (int i = 0; i < 5; ++i) step();
  CHECK(allocation_count() == blocks);
  CHECK(news_by_gradus() == news);
  CHECK(profile.steps() == 6);
}

TEST_CASE("profile: what is beside the nodes keeps all workers; a step contains the rest") {
  const Threads set(3);
  const Graph graph;
  Profile profile(graph);
  CHECK(profile.seconds() == 0);
  {
    const Profile::Span step(&profile, "step", Kind::step);
    for (int i = 0; i < 2; ++i) const Profile::Span part(&profile, "metrics");
  }
  const Profile::Span nothing(nullptr, "metrics");
  const std::vector<Profile::Event> events = profile.events();
  REQUIRE(events.size() == 3);
  CHECK(events[0].name == "step");
  CHECK(events[0].begin <= events[1].begin);
  CHECK(events[1].end <= events[2].begin);
  CHECK(events[2].end <= events[0].end);
  REQUIRE(profile.parts().size() == 1);
  CHECK(profile.parts()[0].first == "metrics");
  CHECK(profile.parts()[0].second.calls == 2);
  CHECK(profile.parts()[0].second.nanoseconds ==
        3 * (events[1].end - events[1].begin + events[2].end - events[2].begin));
  CHECK(profile.seconds() ==
        doctest::Approx(1e-9 * static_cast<double>(events[0].end - events[0].begin)));
}

TEST_CASE("profile: of many events the last are kept, from a whole step on, of all workers") {
  const Threads set(2);
  const Graph graph;
  Profile profile(graph);
  constexpr std::int64_t kParts = 6;
  constexpr std::int64_t kSteps = Profile::kMostEvents / kParts;
  for (std::int64_t s = 0; s < kSteps; ++s) {
    const Profile::Span step(&profile, "step", Kind::step);
    for (std::int64_t i = 0; i < kParts; ++i) const Profile::Span part(&profile, "part");
  }
  const std::vector<Profile::Event> events = profile.events();
  // A worker keeps half of them; its oldest step is not there in whole.
  CHECK(events.size() > Profile::kMostEvents / 2 - 2 * (kParts + 1));
  CHECK(events.size() <= Profile::kMostEvents / 2);
  CHECK(events.size() % (kParts + 1) == 0);
  CHECK(events[0].kind == Kind::step);
  CHECK(events[0].begin > 0);
  CHECK(profile.steps() == kSteps);
  CHECK(profile.parts()[0].second.calls == kSteps * kParts);
}

}  // namespace gradus::tests
