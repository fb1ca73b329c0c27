#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "framework/kernels/axis.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/kernels/vectors.h"

// What kernels share that go along an axis, line by line.
namespace gradus::kernels {

/// What no finite number reaches.
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
/// Lines that lie side by side and are gone through together.
inline constexpr std::int64_t kLines = 64;
/// Elements of a line whose exp is held at once.
inline constexpr std::int64_t kPart = 512;
/// Lines that are taken a step further one after the other, so that none waits for itself; few
/// enough to be in a cache still at the next step.
inline constexpr std::int64_t kTogether = 16;

/// NaN if one of them is.
[[gnu::always_inline]] inline float larger(float a, float b) {
  const float chosen = a > b ? a : b;
  return a == a ? chosen : a;
}

/// What is subtracted before exp: the largest element, or nothing where that is not finite.
[[gnu::always_inline]] inline float shift_of(float largest) {
  return std::abs(largest) < kInfinity ? largest : 0.0F;
}

/// Elementwise; NaN if one of them is.
[[gnu::always_inline]] inline Eight larger(Eight a, Eight b) {
  const Eight chosen = a > b ? a : b;
  return a == a ? chosen : a;
}

/// The largest of n, minus infinity of none, NaN if one of them is.
[[gnu::always_inline]] inline float largest_of(const float* x, std::int64_t n) {
  Vector parts{Eight{} - kInfinity, Eight{} - kInfinity};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vector next = load(x + i);
    parts = {larger(parts.low, next.low), larger(parts.high, next.high)};
  }
  const Eight both = larger(parts.low, parts.high);
  float all = fold(both, [](Eight a, Eight b) { return larger(a, b); });
  for (; i < n; ++i) all = larger(all, x[i]);
  return all;
}

/// y = exp(x - shift), at most kPart elements; their sum.
[[gnu::always_inline]] inline double exp_and_sum(const float* x, float shift, float* y,
                                                 std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = math::exp(x[i] - shift);
  Vector parts{};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) parts += load(y + i);
  float sum = fold(parts.low + parts.high, [](Eight a, Eight b) { return a + b; });
  for (; i < n; ++i) sum += y[i];
  return static_cast<double>(sum);
}

/// Calls one(first line, lines) for lines that follow one another, or many(offset of the first
/// line's first element, offset of its result, lines) for lines side by side.
template <class One, class Many>
void for_lines(const AroundAxis& a, const One& one, const Many& many) {
  if (a.outer == 0 || a.inner == 0) return;
  const std::int64_t size = std::max<std::int64_t>(1, a.length);
  if (a.inner == 1) {
    parallel_blocks(a.outer, std::max<std::int64_t>(1, kBlock / size),
                    [&](std::int64_t begin, std::int64_t end) { one(begin, end - begin); });
    return;
  }
  const std::int64_t blocks = (a.inner + kLines - 1) / kLines;
  const std::int64_t grain = std::max<std::int64_t>(1, kBlock / (size * std::min(kLines, a.inner)));
  parallel_blocks(a.outer * blocks, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t outer = i / blocks;
      const std::int64_t first = i % blocks * kLines;
      many(outer * a.length * a.inner + first, outer * a.inner + first,
           std::min(kLines, a.inner - first));
    }
  });
}

}  // namespace gradus::kernels
