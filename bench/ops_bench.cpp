#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "framework/graph/describe.h"
#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"
#include "tests/ops/evaluate.h"

// Times the forward pass and the gradient of every case that the ops' test files declare.
namespace gradus::bench {
namespace {

using tests::CaseGraph;
using tests::Given;
using tests::OpCase;
using tests::OpUnderTest;
using tests::Values;

/// The batch of the ranking experiment, which all cases with rows get.
constexpr std::int64_t kBatchRows = 8192;

enum class Part : std::uint8_t { forward, gradient };

/// FLOP/s of square products, as many at once as there are workers; the best of several sizes and
/// repetitions. What a kernel can be held against.
double best_matmul_rate() {
  constexpr int kRepetitions = 20;
  double best = 0;
  for (const std::int64_t size : {256, 512, 768}) {
    const kernels::Matmul product({.m = size, .n = size, .k = size});
    const int workers = kernels::threads();
    std::vector<Tensor> a, b, y;
    for (int i = 0; i < workers; ++i) {
      for (auto* list : {&a, &b, &y}) list->emplace_back(Extents{size, size});
      a.back().fill(1.0F);
      b.back().fill(0.5F);
    }
    const double flops = 2.0 * static_cast<double>(size * size * size) * workers;
    for (int i = 0; i < kRepetitions; ++i) {
      const auto start = std::chrono::steady_clock::now();
      kernels::parallel_for(workers, [&](std::int64_t w) {
        const auto at = static_cast<std::size_t>(w);
        product.run(a[at].floats().data(), b[at].floats().data(), nullptr, y[at].floats().data(),
                    false);
      });
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      best = std::max(best, flops / took.count());
    }
  }
  return best;
}

/// Times one part of a case; the gradient together with what it needs of the forward pass.
void time_case(benchmark::State& state, const OpUnderTest& op, const OpCase& op_case, Part part,
               double best_rate) {
  CaseGraph c(op, op_case);
  const Values outputs = part == Part::forward ? Values{c.output} : c.gradients;
  const std::vector<Given> data = tests::random_data(c, kBatchRows, 1);
  Executor executor(c.graph, outputs);
  for (const Given& given : data) executor.set(given.input, given.tensor.view());
  executor.run(kBatchRows);

  double flops = 0;
  double bytes = 0;
  for (const PlanLine& line : describe(c.graph, executor.plan(kBatchRows))) {
    flops += line.flops;
    bytes += line.bytes;
  }
  for (auto _ : state) {
    executor.run(kBatchRows);
    benchmark::ClobberMemory();
  }
  using benchmark::Counter;
  const auto rate = Counter::kIsIterationInvariantRate;
  state.counters["FLOP"] = Counter(flops, rate);  // printed a second: FLOP=1.2G/s
  state.counters["bytes"] = Counter(bytes, rate);
  state.counters["of_best_matmul"] = Counter(flops / best_rate, rate);
}

void register_all(double best_rate) {
  for (const OpUnderTest& op : tests::all_ops()) {
    for (const OpCase& op_case : op.cases) {
      for (const Part part : {Part::forward, Part::gradient}) {
        const std::string name =
            op.op + "/" + op_case.name + (part == Part::forward ? "/forward" : "/gradient");
        benchmark::RegisterBenchmark(name.c_str(),
                                     [&op, &op_case, part, best_rate](benchmark::State& state) {
                                       time_case(state, op, op_case, part, best_rate);
                                     })
            ->UseRealTime()
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

/// Takes `--threads=N` out of the arguments.
void take_threads(int& argc, char** argv) {
  constexpr std::string_view kFlag = "--threads=";
  int kept = 0;
  for (int i = 0; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with(kFlag)) {
      kernels::set_threads(std::atoi(argv[i] + kFlag.size()));
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
}

}  // namespace
}  // namespace gradus::bench

int main(int argc, char** argv) {
  namespace kernels = gradus::kernels;
  gradus::bench::take_threads(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const double best_rate = gradus::bench::best_matmul_rate();
  benchmark::AddCustomContext("workers", std::to_string(kernels::threads()));
  benchmark::AddCustomContext("instruction set", std::string(kernels::instruction_set()));
  benchmark::AddCustomContext("oneDNN", std::string(kernels::onednn_version()));
  benchmark::AddCustomContext("best matmul rate", fmt::format("{:.1f} GFLOP/s", best_rate / 1e9));
  gradus::bench::register_all(best_rate);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
