#include "bench/limit.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "framework/core/tensor.h"
#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"

namespace gradus::bench {
namespace {

double measure(int workers) {
  constexpr int kRepetitions = 20;
  double best = 0;
  for (const std::int64_t size : {256, 512, 768}) {
    const kernels::Matmul product({.m = size, .n = size, .k = size});
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

}  // namespace

double best_matmul_rate() {
  static std::map<int, double> rates;
  const int workers = kernels::threads();
  const auto known = rates.find(workers);
  return known != rates.end() ? known->second : rates[workers] = measure(workers);
}

}  // namespace gradus::bench
