#include "bench/work.h"

#include "framework/graph/describe.h"
#include "framework/kernels/limit.h"

namespace gradus::bench {

Work& Work::operator+=(const Work& other) {
  flops += other.flops;
  bytes += other.bytes;
  return *this;
}

Work work(const Graph& graph, Executor& executor, std::int64_t batch) {
  Work sum{.math_mode = graph.math_mode()};
  for (const PlanLine& line : describe(graph, executor.plan(batch))) {
    sum += {.flops = line.flops, .bytes = line.bytes};
  }
  return sum;
}

void count(benchmark::State& state, const Work& work) {
  count(state, "FLOP", work.flops);
  count(state, "bytes", work.bytes);
  count(state, "of_best_matmul", work.flops / kernels::best_matmul_rate(work.math_mode));
}

void count(benchmark::State& state, const char* name, double each_iteration) {
  // Printed a second: FLOP=1.2G/s
  state.counters[name] =
      benchmark::Counter(each_iteration, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace gradus::bench
