#include "framework/kernels/cumulative_sum.h"

#include <algorithm>

#include "framework/kernels/clones.h"
#include "framework/kernels/lines.h"

namespace gradus::kernels {
namespace {

/// The sums of all elements up to each of `n`, which are `step` apart, in lines side by side.
GRADUS_CLONES
void add_up(const float* x, std::int64_t lines, std::int64_t n, std::int64_t step, float* y) {
  double sums[kLines] = {};
  for (std::int64_t i = 0; i < n; ++i, x += step, y += step) {
    for (std::int64_t c = 0; c < lines; ++c) {
      sums[c] += static_cast<double>(x[c]);
      y[c] = static_cast<float>(sums[c]);
    }
  }
}

/// The same for lines one after the other, `together` of them: a sum waits for its last addition.
template <int together>
[[gnu::always_inline]] inline void add_up_lines(const float* x, std::int64_t n, std::int64_t step,
                                                float* y) {
  double sums[together] = {};
  for (std::int64_t i = 0; i < n; ++i, x += step, y += step) {
#pragma GCC unroll 8
    for (std::int64_t c = 0; c < together; ++c) {
      sums[c] += static_cast<double>(x[c * n]);
      y[c * n] = static_cast<float>(sums[c]);
    }
  }
}

void add_up_each(const float* x, std::int64_t lines, std::int64_t n, std::int64_t step, float* y) {
  constexpr int kSums = 8;
  std::int64_t line = 0;
  for (; line + kSums <= lines; line += kSums) {
    add_up_lines<kSums>(x + line * n, n, step, y + line * n);
  }
  for (; line < lines; ++line) add_up_lines<1>(x + line * n, n, step, y + line * n);
}

}  // namespace

void cumulative_sum(const View& x, int axis, bool reverse, const View& y) {
  const AroundAxis a(x.extents, axis);
  const std::int64_t begin = reverse ? std::max<std::int64_t>(1, a.length) - 1 : 0;
  const std::int64_t step = reverse ? -a.inner : a.inner;
  for_lines(
      a,
      [&](std::int64_t first, std::int64_t lines) {
        add_up_each(x.floats() + first * a.length + begin, lines, a.length, step,
                    y.floats() + first * a.length + begin);
      },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) {
        from += begin * a.inner;
        add_up(x.floats() + from, lines, a.length, step, y.floats() + from);
      });
}

}  // namespace gradus::kernels
