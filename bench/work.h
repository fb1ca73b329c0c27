#pragma once

#include <benchmark/benchmark.h>

#include "framework/graph/executor.h"
#include "framework/kernels/matmul.h"

namespace gradus::bench {

/// What a plan has to do, as `gradus describe` counts it.
struct Work {
  double flops = 0;
  double bytes = 0;
  kernels::MathMode math_mode = kernels::MathMode::float32;

  Work& operator+=(const Work& other);
};

/// The work of a graph for `batch` rows.
Work work(const Graph& graph, Executor& executor, std::int64_t batch);

/// Counts each iteration's work: FLOP, bytes, and FLOP by the best matmul rate of these workers in
/// its mode.
void count(benchmark::State& state, const Work& work);

/// Counts `name` a second: "examples", "bytes".
void count(benchmark::State& state, const char* name, double each_iteration);

}  // namespace gradus::bench
