#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/tutorial.h"
#include "bench/work.h"
#include "framework/data/batches.h"
#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"
#include "framework/train/batch.h"
#include "framework/train/evaluator.h"
#include "framework/train/training_step.h"
#include "tests/ops/evaluate.h"

// Times the tutorial's training step and its evaluation, by one worker and by all of them.
namespace gradus::bench {
namespace {

enum class Workers : std::uint8_t { one, all };

int number(Workers workers) { return workers == Workers::one ? 1 : kernels::threads(); }

constexpr std::int64_t kRows = 8192;

/// Forward, backward and update of one batch that is filled already; `expected_batch`: see Graph, 0
/// multiplies all rows of the batch rather than the tables.
void training_step(benchmark::State& state, Workers workers, std::int64_t expected_batch,
                   kernels::MathMode math_mode = kernels::MathMode::float32) {
  const tests::Threads threads(number(workers));
  const Tutorial tutorial;
  TrainingStep step(tutorial.model, tutorial.task, tutorial.optimizer, tutorial.columns, false,
                    expected_batch, 0, math_mode);
  Batch batch(tutorial.data, tutorial.columns, kRows);
  batch.fill(Batches(rows(0, kRows), kRows, Shuffle::none, 0, tutorial.data.user())[0]);
  std::int64_t steps = 0;
  const auto run = [&] {
    step.compute(batch, 1);
    step.update(++steps);
  };
  run();  // plans
  for (auto _ : state) run();
  count(state, "examples", kRows);
  count(state, work(step.graph(), step.executor(), kRows));
}

/// The test rows as those of validation, batch by batch: filled, predicted and measured.
void evaluation(benchmark::State& state, Workers workers) {
  constexpr std::int32_t kFirst = 80000;
  constexpr std::int64_t kTestRows = 20000;
  constexpr std::int64_t kBatch = 4096;
  const tests::Threads threads(number(workers));
  const Tutorial tutorial;
  const Batches test(rows(kFirst, kTestRows), kBatch, Shuffle::none, 0, tutorial.data.user());
  Evaluator evaluator(tutorial.model, tutorial.task, tutorial.columns, false, kBatch);
  evaluator.run(tutorial.data, test);  // plans
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.run(tutorial.data, test).losses.loss);
  }

  Graph graph(kBatch);
  const Trace traced = trace(graph, tutorial.model, tutorial.task, tutorial.columns, false);
  Executor executor(graph, {traced.predictions, traced.loss});
  Work all;
  for (std::int64_t first = 0; first < kTestRows; first += kBatch) {
    all += work(graph, executor, std::min(kBatch, kTestRows - first));
  }
  count(state, "examples", kTestRows);
  count(state, all);
}

BENCHMARK_CAPTURE(training_step, one_thread, Workers::one, kRows)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(training_step, all_threads, Workers::all, kRows)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(training_step, bfloat16_one_thread, Workers::one, kRows,
                  kernels::MathMode::bfloat16)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(training_step, bfloat16_all_threads, Workers::all, kRows,
                  kernels::MathMode::bfloat16)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(training_step, plain_one_thread, Workers::one, 0)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(training_step, plain_all_threads, Workers::all, 0)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluation, one_thread, Workers::one)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluation, all_threads, Workers::all)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gradus::bench
