#include "framework/kernels/axis.h"

#include <algorithm>
#include <array>

#include "framework/kernels/clones.h"
#include "framework/kernels/lines.h"
#include "framework/kernels/math.h"

namespace gradus::kernels {
namespace {

// ---- lines whose elements lie side by side, one after the other

/// Up to kTogether lines: the logarithms of their sums of exp(x - shift), and those shifts. The
/// logarithms are taken together, as a vector.
[[gnu::always_inline]] inline void log_sums_of(const float* x, std::int64_t lines, std::int64_t n,
                                               float* shift, float* logarithm) {
  float part[kPart];
  for (std::int64_t line = 0; line < lines; ++line) {
    shift[line] = shift_of(largest_of(x + line * n, n));
  }
  for (std::int64_t line = 0; line < lines; ++line) {
    const float* from = x + line * n;
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
  float shift[kTogether];
  for (std::int64_t first = 0; first < lines; first += kTogether) {
    const std::int64_t count = std::min(kTogether, lines - first);
    log_sums_of(x + first * n, count, n, shift, y + first);
    for (std::int64_t line = 0; line < count; ++line) y[first + line] += shift[line];
  }
}

GRADUS_CLONES
void softmax_of_each(const float* x, std::int64_t lines, std::int64_t n, float* y) {
  float shift[kTogether];
  for (std::int64_t first = 0; first < lines; first += kTogether) {
    const std::int64_t end = std::min(lines, first + kTogether);
    for (std::int64_t line = first; line < end; ++line) {
      shift[line - first] = shift_of(largest_of(x + line * n, n));
    }
    for (std::int64_t line = first; line < end; ++line) {
      const float* from = x + line * n;
      float* to = y + line * n;
      double sum = 0;
      for (std::int64_t i = 0; i < n; i += kPart) {
        sum += exp_and_sum(from + i, shift[line - first], to + i, std::min(kPart, n - i));
      }
      const auto factor = static_cast<float>(1.0 / sum);
      for (std::int64_t i = 0; i < n; ++i) to[i] *= factor;
    }
  }
}

GRADUS_CLONES
void log_softmax_of_each(const float* x, std::int64_t lines, std::int64_t n, float* y) {
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

}  // namespace gradus::kernels
