#include "framework/kernels/limit.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <vector>

#include "framework/core/tensor.h"
#include "framework/kernels/parallel.h"

namespace gradus::kernels {
namespace {

/// `work` by the seconds of the fastest of some repetitions of `body(worker)` on all workers: as
/// many as half a second has room for.
double best_rate(double work, const std::function<void(std::size_t)>& body) {
  constexpr int kRepetitions = 20;
  constexpr double kEnough = 0.5;
  double best = 0;
  double spent = 0;
  for (int i = 0; i < kRepetitions && spent < kEnough; ++i) {
    const auto start = std::chrono::steady_clock::now();
    parallel_for(threads(), [&](std::int64_t w) { body(static_cast<std::size_t>(w)); });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, work / took.count());
    spent += took.count();
  }
  return best;
}

/// One for each worker.
std::vector<Tensor> tensors(const Extents& extents, float value) {
  std::vector<Tensor> out;
  for (int i = 0; i < threads(); ++i) {
    out.emplace_back(extents);
    out.back().fill(value);
  }
  return out;
}

template <MathMode mode>
double measure_matmul() {
  double best = 0;
  for (const std::int64_t size : {256, 512, 768}) {
    const Matmul product({.m = size, .n = size, .k = size}, false, Activation::none, mode);
    const std::vector<Tensor> a = tensors({size, size}, 1.0F);
    const std::vector<Tensor> b = tensors({size, size}, 0.5F);
    std::vector<Tensor> y = tensors({size, size}, 0.0F);
    const double flops = 2.0 * static_cast<double>(size * size * size) * threads();
    best = std::max(best, best_rate(flops, [&](std::size_t w) {
                      product.run(a[w].floats().data(), b[w].floats().data(), nullptr,
                                  y[w].floats().data(), false);
                    }));
  }
  return best;
}

double measure_copy() {
  constexpr std::int64_t kMoved = 1 << 24;  // bytes that one worker copies in a repetition
  double best = 0;
  for (const std::int64_t bytes : {1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22}) {
    const std::vector<Tensor> from = tensors({bytes / 4}, 1.0F);
    std::vector<Tensor> to = tensors({bytes / 4}, 0.0F);
    best = std::max(best, best_rate(2.0 * kMoved * threads(), [&](std::size_t w) {
                      for (std::int64_t moved = 0; moved < kMoved; moved += bytes) {
                        std::memcpy(to[w].floats().data(), from[w].floats().data(),
                                    static_cast<std::size_t>(bytes));
                      }
                    }));
  }
  return best;
}

double once_for_these_workers(std::map<int, double>& rates, double (*measure)()) {
  const auto known = rates.find(threads());
  return known != rates.end() ? known->second : rates[threads()] = measure();
}

}  // namespace

double best_matmul_rate(MathMode mode) {
  static std::map<int, double> rates;
  static std::map<int, double> rounded;
  return mode == MathMode::float32
             ? once_for_these_workers(rates, measure_matmul<MathMode::float32>)
             : once_for_these_workers(rounded, measure_matmul<MathMode::bfloat16>);
}

double best_copy_rate() {
  static std::map<int, double> rates;
  return once_for_these_workers(rates, measure_copy);
}

}  // namespace gradus::kernels
