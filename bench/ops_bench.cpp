#include "bench/ops_bench.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/work.h"
#include "tests/ops/evaluate.h"

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

/// Times one part of a case; the gradient together with what it needs of the forward pass.
void time_case(benchmark::State& state, const OpUnderTest& op, const OpCase& op_case, Part part) {
  CaseGraph c(op, op_case);
  const Values outputs = part == Part::forward ? Values{c.output} : c.gradients;
  const std::vector<Given> data = tests::random_data(c, kBatchRows, 1);
  Executor executor(c.graph, outputs);
  for (const Given& given : data) executor.set(given.input, given.tensor.view());
  executor.run(kBatchRows);
  for (auto _ : state) {
    executor.run(kBatchRows);
    benchmark::ClobberMemory();
  }
  count(state, work(c.graph, executor, kBatchRows));
}

}  // namespace

void register_ops() {
  for (const OpUnderTest& op : tests::all_ops()) {
    for (const OpCase& op_case : op.cases) {
      for (const Part part : {Part::forward, Part::gradient}) {
        const std::string name =
            op.op + "/" + op_case.name + (part == Part::forward ? "/forward" : "/gradient");
        benchmark::RegisterBenchmark(
            name.c_str(),
            [&op, &op_case, part](benchmark::State& state) { time_case(state, op, op_case, part); })
            ->UseRealTime()
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

}  // namespace gradus::bench
