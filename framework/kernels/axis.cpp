#include "framework/kernels/axis.h"

#include <algorithm>
#include <array>
#include <limits>

#include "framework/kernels/clones.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/kernels/parallel.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
/// Lines that lie side by side and are gone through together.
constexpr std::int64_t kLines = 64;
/// Elements of a line whose exp is held at once.
constexpr std::int64_t kPart = 512;

/// NaN if one of them is.
[[gnu::always_inline]] inline float larger(float a, float b) {
  const float chosen = a > b ? a : b;
  return a == a ? chosen : a;
}

/// What is subtracted before exp: the largest element, or nothing where that is not finite.
[[gnu::always_inline]] inline float shift_of(float largest) {
  return std::abs(largest) < kInfinity ? largest : 0.0F;
}

// ---- lines whose elements lie side by side, one after the other

/// Elementwise; NaN if one of them is.
[[gnu::always_inline]] inline Eight larger(Eight a, Eight b) {
  const Eight chosen = a > b ? a : b;
  return a == a ? chosen : a;
}

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

/// Up to kLines lines: the logarithms of their sums of exp(x - shift), and those shifts. The
/// logarithms are taken together, as a vector.
[[gnu::always_inline]] inline void log_sums_of(const float* x, std::int64_t lines, std::int64_t n,
                                               float* shift, float* logarithm) {
  float part[kPart];
  for (std::int64_t line = 0; line < lines; ++line) {
    const float* from = x + line * n;
    shift[line] = shift_of(largest_of(from, n));
    double sum = 0;
    for (std::int64_t i = 0; i < n; i += kPart) {
      sum += exp_and_sum(from + i, shift[line], part, std::min(kPart, n - i));
    }
    logarithm[line] = static_cast<float>(sum);
  }
  for (std::int64_t line = 0; line < lines; ++line) logarithm[line] = math::log(logarithm[line]);
}

GRADUS_CLONES
void largest_of_each(const float* x, std::int64_t lines, std::int64_t n, float* y) {
  for (std::int64_t line = 0; line < lines; ++line) y[line] = largest_of(x + line * n, n);
}

GRADUS_CLONES
void log_sum_exp_of_each(const float* x, std::int64_t lines, std::int64_t n, float* y) {
  float shift[kLines];
  for (std::int64_t first = 0; first < lines; first += kLines) {
    const std::int64_t count = std::min(kLines, lines - first);
    log_sums_of(x + first * n, count, n, shift, y + first);
    for (std::int64_t line = 0; line < count; ++line) y[first + line] += shift[line];
  }
}

GRADUS_CLONES
void softmax_of_each(const float* x, std::int64_t lines, std::int64_t n, float* y) {
  for (std::int64_t line = 0; line < lines; ++line, x += n, y += n) {
    const float shift = shift_of(largest_of(x, n));
    double sum = 0;
    for (std::int64_t i = 0; i < n; i += kPart) {
      sum += exp_and_sum(x + i, shift, y + i, std::min(kPart, n - i));
    }
    const auto factor = static_cast<float>(1.0 / sum);
    for (std::int64_t i = 0; i < n; ++i) y[i] *= factor;
  }
}

GRADUS_CLONES
void log_softmax_of_each(const float* x, std::int64_t lines, std::int64_t n, float* y) {
  constexpr std::int64_t kTogether = 16;  // few enough to be in a cache still when they are written
  float shift[kTogether];
  float logarithm[kTogether];
  for (std::int64_t first = 0; first < lines; first += kTogether) {
    const std::int64_t count = std::min(kTogether, lines - first);
    log_sums_of(x + first * n, count, n, shift, logarithm);
    for (std::int64_t line = 0; line < count; ++line) {
      const float* from = x + (first + line) * n;
      float* to = y + (first + line) * n;
      for (std::int64_t i = 0; i < n; ++i) to[i] = (from[i] - shift[line]) - logarithm[line];
    }
  }
}

/// Up to kPart elements of a line, minus infinity where the mask is 0, and up to a whole vector,
/// for which there may be `room` to read.
[[gnu::always_inline]] inline std::int64_t take_masked(const float* x, const float* mask,
                                                       std::int64_t n, std::int64_t room,
                                                       float* part) {
  constexpr Eight kLow{0, 1, 2, 3, 4, 5, 6, 7};
  constexpr Eight kHigh{8, 9, 10, 11, 12, 13, 14, 15};
  const Eight nothing = Eight{} - kInfinity;
  std::int64_t i = 0;
  for (; i < n && i + kLanes <= room; i += kLanes) {
    const auto left = static_cast<float>(n - i);
    const Vector from = load(x + i);
    const Vector has = load(mask + i);
    store(part + i, {has.low != 0 && kLow < left ? from.low : nothing,
                     has.high != 0 && kHigh < left ? from.high : nothing});
  }
  for (; i < n; i += kLanes) {
    for (std::int64_t lane = i; lane < i + kLanes; ++lane) {
      part[lane] = lane < n && mask[lane] != 0 ? x[lane] : -kInfinity;
    }
  }
  return i;
}

/// The logarithm of each line's sum, or, where y has as many elements as x, the softmax.
GRADUS_CLONES
void masked_of_each(const float* x, const float* mask, std::int64_t lines, std::int64_t n, float* y,
                    bool softmax) {
  float part[kPart];
  for (std::int64_t line = 0; line < lines; ++line) {
    const float* from = x + line * n;
    const auto take = [&](std::int64_t i) {
      return take_masked(from + i, mask + line * n + i, std::min(kPart, n - i),
                         (lines - line) * n - i, part);
    };
    float largest = -kInfinity;
    for (std::int64_t i = 0; i < n; i += kPart) {
      largest = larger(largest, largest_of(part, take(i)));
    }
    const float shift = shift_of(largest);
    double sum = 0;
    for (std::int64_t i = 0; i < n; i += kPart) {
      sum += exp_and_sum(part, shift, part, take(i));
      if (softmax) std::copy_n(part, std::min(kPart, n - i), y + line * n + i);
    }
    if (!softmax) {
      y[line] = sum == 0 ? 0.0F : shift + math::log(static_cast<float>(sum));
      continue;
    }
    const float factor = sum == 0 ? 0.0F : static_cast<float>(1.0 / sum);
    for (std::int64_t i = 0; i < n; ++i) y[line * n + i] *= factor;
  }
}

void masked(const View& x, const View& mask, const View& y, bool softmax) {
  const AroundAxis a(x.extents, x.extents.rank() - 1);
  if (a.length == 0) std::fill_n(y.floats(), y.elements(), 0.0F);
  if (x.elements() == 0) return;
  parallel_blocks(a.outer, std::max<std::int64_t>(1, kBlock / a.length),
                  [&](std::int64_t begin, std::int64_t end) {
                    masked_of_each(x.floats() + begin * a.length, mask.floats() + begin * a.length,
                                   end - begin, a.length,
                                   y.floats() + begin * (softmax ? a.length : 1), softmax);
                  });
}

// ---- `lines` of them side by side, the elements of each `stride` apart

using Line = std::array<float, kLines>;

GRADUS_CLONES
void largest_of(const float* x, std::int64_t n, std::int64_t stride, std::int64_t lines,
                float* largest) {
  std::fill_n(largest, lines, -kInfinity);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t c = 0; c < lines; ++c) {
      largest[c] = larger(largest[c], x[i * stride + c]);
    }
  }
}

/// The logarithm of the sums, and what was subtracted from each line.
GRADUS_CLONES
void sums_of_exp(const float* x, std::int64_t n, std::int64_t stride, std::int64_t lines,
                 float* shift, float* logarithm) {
  largest_of(x, n, stride, lines, shift);
  for (std::int64_t c = 0; c < lines; ++c) shift[c] = shift_of(shift[c]);
  std::array<double, kLines> sums{};
  for (std::int64_t i = 0; i < n; ++i) {
    const float* row = x + i * stride;
    for (std::int64_t c = 0; c < lines; ++c) {
      sums[static_cast<std::size_t>(c)] += static_cast<double>(math::exp(row[c] - shift[c]));
    }
  }
  for (std::int64_t c = 0; c < lines; ++c) {
    logarithm[c] = math::log(static_cast<float>(sums[static_cast<std::size_t>(c)]));
  }
}

GRADUS_CLONES
void softmax_of(const float* x, std::int64_t n, std::int64_t stride, std::int64_t lines, float* y,
                bool logarithms) {
  Line shift;
  Line logarithm;
  sums_of_exp(x, n, stride, lines, shift.data(), logarithm.data());
  for (std::int64_t i = 0; i < n; ++i) {
    const float* from = x + i * stride;
    float* to = y + i * stride;
    for (std::int64_t c = 0; c < lines; ++c) {
      const auto at = static_cast<std::size_t>(c);
      const float value = (from[c] - shift[at]) - logarithm[at];
      to[c] = logarithms ? value : math::exp(value);
    }
  }
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

}  // namespace

AroundAxis::AroundAxis(const Extents& extents, int axis) : length(extents[axis]) {
  for (int k = 0; k < axis; ++k) outer *= extents[k];
  for (int k = axis + 1; k < extents.rank(); ++k) inner *= extents[k];
}

void max_along(const View& x, int axis, const View& y) {
  const AroundAxis a(x.extents, axis);
  for_lines(
      a,
      [&](std::int64_t first, std::int64_t lines) {
        largest_of_each(x.floats() + first * a.length, lines, a.length, y.floats() + first);
      },
      [&](std::int64_t from, std::int64_t to, std::int64_t lines) {
        largest_of(x.floats() + from, a.length, a.inner, lines, y.floats() + to);
      });
}

void share_of_max(const View& x, int axis, const View& y) {
  const AroundAxis a(x.extents, axis);
  const auto share = [&](std::int64_t from, float largest) {
    const float* in = x.floats() + from;
    float* out = y.floats() + from;
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < a.length; ++i) count += in[i * a.inner] == largest ? 1 : 0;
    const float part = 1.0F / static_cast<float>(count);
    for (std::int64_t i = 0; i < a.length; ++i) {
      out[i * a.inner] = in[i * a.inner] == largest ? part : 0.0F;
    }
  };
  for_lines(
      a,
      [&](std::int64_t first, std::int64_t lines) {
        for (std::int64_t line = first; line < first + lines; ++line) {
          share(line * a.length, largest_of(x.floats() + line * a.length, a.length));
        }
      },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) {
        Line largest;
        largest_of(x.floats() + from, a.length, a.inner, lines, largest.data());
        for (std::int64_t c = 0; c < lines; ++c) {
          share(from + c, largest[static_cast<std::size_t>(c)]);
        }
      });
}

void log_sum_exp(const View& x, int axis, const View& y) {
  const AroundAxis a(x.extents, axis);
  for_lines(
      a,
      [&](std::int64_t first, std::int64_t lines) {
        log_sum_exp_of_each(x.floats() + first * a.length, lines, a.length, y.floats() + first);
      },
      [&](std::int64_t from, std::int64_t to, std::int64_t lines) {
        Line shift;
        float* out = y.floats() + to;
        sums_of_exp(x.floats() + from, a.length, a.inner, lines, shift.data(), out);
        for (std::int64_t c = 0; c < lines; ++c) out[c] += shift[static_cast<std::size_t>(c)];
      });
}

void softmax(const View& x, int axis, const View& y) {
  const AroundAxis a(x.extents, axis);
  for_lines(
      a,
      [&](std::int64_t first, std::int64_t lines) {
        const std::int64_t from = first * a.length;
        softmax_of_each(x.floats() + from, lines, a.length, y.floats() + from);
      },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) {
        softmax_of(x.floats() + from, a.length, a.inner, lines, y.floats() + from, false);
      });
}

void log_softmax(const View& x, int axis, const View& y) {
  const AroundAxis a(x.extents, axis);
  for_lines(
      a,
      [&](std::int64_t first, std::int64_t lines) {
        const std::int64_t from = first * a.length;
        log_softmax_of_each(x.floats() + from, lines, a.length, y.floats() + from);
      },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) {
        softmax_of(x.floats() + from, a.length, a.inner, lines, y.floats() + from, true);
      });
}

void masked_log_sum_exp(const View& x, const View& mask, const View& y) {
  masked(x, mask, y, false);
}

void masked_softmax(const View& x, const View& mask, const View& y) { masked(x, mask, y, true); }

void cumulative_sum(const View& x, int axis, bool reverse, const View& y) {
  const AroundAxis a(x.extents, axis);
  // Of lines whose first elements are `apart`.
  const auto add_up = [&](std::int64_t from, std::int64_t lines, std::int64_t apart) {
    std::array<double, kLines> sums{};
    for (std::int64_t step = 0; step < a.length; ++step) {
      const std::int64_t at = from + (reverse ? a.length - 1 - step : step) * a.inner;
      for (std::int64_t c = 0; c < lines; ++c) {
        double& sum = sums[static_cast<std::size_t>(c)];
        sum += static_cast<double>(x.floats()[at + c * apart]);
        y.floats()[at + c * apart] = static_cast<float>(sum);
      }
    }
  };
  for_lines(
      a,
      [&](std::int64_t first, std::int64_t lines) {
        constexpr std::int64_t kTogether = 8;  // one sum waits for its last addition, eight do not
        for (std::int64_t line = 0; line < lines; line += kTogether) {
          add_up((first + line) * a.length, std::min(kTogether, lines - line), a.length);
        }
      },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) { add_up(from, lines, 1); });
}

}  // namespace gradus::kernels
