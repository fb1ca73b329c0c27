#include <benchmark/benchmark.h>

#include <array>
#include <numeric>

#include "bench/tutorial.h"
#include "bench/work.h"
#include "framework/train/predictor.h"
#include "tests/ops/evaluate.h"

// Times predictions from ids within one process, by one thread: a user's first items, up to all.
namespace gradus::bench {
namespace {

void scoring(benchmark::State& state) {
  const tests::Threads threads(1);
  const Tutorial tutorial;
  const auto count_of_items = static_cast<std::size_t>(state.range(0));
  const std::vector<std::int32_t> users(count_of_items, tutorial.ids["user_id"].id("42"));
  const std::vector<std::int32_t> items = rows(1, state.range(0));
  std::vector<float> scores(count_of_items);
  const Predictor predictor(tutorial.model, tutorial.task, {{"user_id"}, {"movie_title"}});
  const std::array<ColumnValues, 2> ids{users, items};
  predictor.predict(ids, scores);  // plans
  for (auto _ : state) {
    predictor.predict(ids, scores);
    benchmark::ClobberMemory();
  }

  count(state, "examples", static_cast<double>(count_of_items));
  // So that a comparison can tell that the same was computed.
  state.counters["mean_prediction"] =
      std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(count_of_items);
}

BENCHMARK(scoring)
    ->ArgName("pairs")
    ->Arg(1)
    ->Arg(16)
    ->Arg(256)
    ->Arg(1664)  // all of MovieLens 100K
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace gradus::bench
