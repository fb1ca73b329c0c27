#include "framework/kernels/axis.h"

#include <algorithm>
#include <array>
#include <limits>

#include "framework/kernels/clones.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/kernels/parallel.h"
#include "framework/kernels/reduce.h"

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

// ---- one line whose elements lie side by side

GRADUS_CLONES
float largest_of(const float* x, std::int64_t n) {
  constexpr std::int64_t kParts = 16;
  std::array<float, kParts> parts;
  parts.fill(-kInfinity);
  std::int64_t i = 0;
  for (; i + kParts <= n; i += kParts) {
    for (std::int64_t p = 0; p < kParts; ++p) {
      float& part = parts[static_cast<std::size_t>(p)];
      part = larger(part, x[i + p]);
    }
  }
  float all = -kInfinity;
  for (const float part : parts) all = larger(all, part);
  for (; i < n; ++i) all = larger(all, x[i]);
  return all;
}

GRADUS_CLONES
void exp_of(const float* x, float shift, float* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = math::exp(x[i] - shift);
}

GRADUS_CLONES
void scale(float* y, float factor, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] *= factor;
}

GRADUS_CLONES
void subtract(const float* x, float shift, float* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] - shift;
}

float log_sum_exp_of(const float* x, std::int64_t n) {
  const float shift = shift_of(largest_of(x, n));
  std::array<float, kPart> part;
  double sum = 0;
  for (std::int64_t i = 0; i < n; i += kPart) {
    const std::int64_t count = std::min(kPart, n - i);
    exp_of(x + i, shift, part.data(), count);
    sum += sum_of(part.data(), count);
  }
  return shift + math::log(static_cast<float>(sum));
}

void softmax_of(const float* x, float* y, std::int64_t n) {
  exp_of(x, shift_of(largest_of(x, n)), y, n);
  scale(y, static_cast<float>(1.0 / sum_of(y, n)), n);
}

void log_softmax_of(const float* x, float* y, std::int64_t n) {
  subtract(x, log_sum_exp_of(x, n), y, n);
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

/// Calls one(offset of the line's first element, offset of its result) for lines of their own, or
/// many(the same, lines) for lines side by side.
template <class One, class Many>
void for_lines(const AroundAxis& a, const One& one, const Many& many) {
  if (a.outer == 0 || a.inner == 0) return;
  const std::int64_t size = std::max<std::int64_t>(1, a.length);
  if (a.inner == 1) {
    parallel_blocks(a.outer, std::max<std::int64_t>(1, kBlock / size),
                    [&](std::int64_t begin, std::int64_t end) {
                      for (std::int64_t i = begin; i < end; ++i) one(i * a.length, i);
                    });
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
      [&](std::int64_t from, std::int64_t to) {
        y.floats()[to] = largest_of(x.floats() + from, a.length);
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
      [&](std::int64_t from, std::int64_t) {
        share(from, largest_of(x.floats() + from, a.length));
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
      [&](std::int64_t from, std::int64_t to) {
        y.floats()[to] = log_sum_exp_of(x.floats() + from, a.length);
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
      [&](std::int64_t from, std::int64_t) {
        softmax_of(x.floats() + from, y.floats() + from, a.length);
      },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) {
        softmax_of(x.floats() + from, a.length, a.inner, lines, y.floats() + from, false);
      });
}

void log_softmax(const View& x, int axis, const View& y) {
  const AroundAxis a(x.extents, axis);
  for_lines(
      a,
      [&](std::int64_t from, std::int64_t) {
        log_softmax_of(x.floats() + from, y.floats() + from, a.length);
      },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) {
        softmax_of(x.floats() + from, a.length, a.inner, lines, y.floats() + from, true);
      });
}

void cumulative_sum(const View& x, int axis, bool reverse, const View& y) {
  const AroundAxis a(x.extents, axis);
  const auto add_up = [&](std::int64_t from, std::int64_t lines) {
    std::array<double, kLines> sums{};
    for (std::int64_t step = 0; step < a.length; ++step) {
      const std::int64_t at = from + (reverse ? a.length - 1 - step : step) * a.inner;
      for (std::int64_t c = 0; c < lines; ++c) {
        double& sum = sums[static_cast<std::size_t>(c)];
        sum += static_cast<double>(x.floats()[at + c]);
        y.floats()[at + c] = static_cast<float>(sum);
      }
    }
  };
  for_lines(
      a, [&](std::int64_t from, std::int64_t) { add_up(from, 1); },
      [&](std::int64_t from, std::int64_t, std::int64_t lines) { add_up(from, lines); });
}

}  // namespace gradus::kernels
