#include "framework/kernels/normalize.h"

#include <algorithm>
#include <cmath>

#include "framework/kernels/axis.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/parallel.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

/// Columns that are gone through together.
constexpr std::int64_t kColumns = 32;
/// Elements of a line, or rows of columns, that are added up in float32, before they go to float64.
constexpr std::int64_t kPart = 1024;
constexpr std::int64_t kPartRows = 64;

/// The sum of f(i) for all i below n, where f gives vectors from kLanes, else floats.
template <class Vectors, class Floats>
[[gnu::always_inline]] inline double sum(std::int64_t n, Vectors vectors, Floats floats) {
  double total = 0;
  for (std::int64_t first = 0; first < n; first += kPart) {
    const std::int64_t end = std::min(n, first + kPart);
    Vector parts{};
    std::int64_t i = first;
    for (; i + kLanes <= end; i += kLanes) parts += vectors(i);
    float rest = fold(parts.low + parts.high, [](Eight a, Eight b) { return a + b; });
    for (; i < end; ++i) rest += floats(i);
    total += static_cast<double>(rest);
  }
  return total;
}

struct Moments {
  float mean;
  float factor;  // 1 / sqrt(variance + epsilon)
};

[[gnu::always_inline]] inline Moments moments_of(const float* x, std::int64_t n, double epsilon) {
  const auto count = static_cast<double>(n);
  const auto mean = static_cast<float>(
      sum(
          n, [&](std::int64_t i) { return load(x + i); }, [&](std::int64_t i) { return x[i]; }) /
      count);
  const double squares = sum(
      n,
      [&](std::int64_t i) {
        const Vector v = load(x + i);
        const Vector d{v.low - mean, v.high - mean};
        return d * d;
      },
      [&](std::int64_t i) { return (x[i] - mean) * (x[i] - mean); });
  return {mean, static_cast<float>(1.0 / std::sqrt(squares / count + epsilon))};
}

GRADUS_CLONES
void standardize_lines(const float* x, std::int64_t lines, std::int64_t n, double epsilon,
                       float* y) {
  for (std::int64_t line = 0; line < lines; ++line, x += n, y += n) {
    const Moments m = moments_of(x, n, epsilon);
    for (std::int64_t i = 0; i < n; ++i) y[i] = (x[i] - m.mean) * m.factor;
  }
}

GRADUS_CLONES
void gradient_of_lines(const float* dy, const float* x, std::int64_t lines, std::int64_t n,
                       double epsilon, float* dx) {
  const auto count = static_cast<double>(n);
  for (std::int64_t line = 0; line < lines; ++line, dy += n, x += n, dx += n) {
    const Moments m = moments_of(x, n, epsilon);
    const float mean = m.mean;
    const double direct = sum(
        n, [&](std::int64_t i) { return load(dy + i); }, [&](std::int64_t i) { return dy[i]; });
    const double along = sum(
        n,
        [&](std::int64_t i) {
          const Vector v = load(x + i);
          return load(dy + i) * Vector{v.low - mean, v.high - mean};
        },
        [&](std::int64_t i) { return dy[i] * (x[i] - mean); });
    const auto shift = static_cast<float>(direct / count);
    const auto slope = static_cast<float>(along / count) * m.factor * m.factor;
    for (std::int64_t i = 0; i < n; ++i) {
      dx[i] = (dy[i] - shift - (x[i] - mean) * slope) * m.factor;
    }
  }
}

/// Adds f(row, column) over all rows to sums, for up to kColumns columns.
template <class F>
[[gnu::always_inline]] inline void sum_columns(std::int64_t rows, std::int64_t columns,
                                               double* sums, F f) {
  std::fill_n(sums, columns, 0.0);
  for (std::int64_t first = 0; first < rows; first += kPartRows) {
    float part[kColumns] = {};
    for (std::int64_t r = first; r < std::min(rows, first + kPartRows); ++r) {
      for (std::int64_t c = 0; c < columns; ++c) part[c] += f(r, c);
    }
    for (std::int64_t c = 0; c < columns; ++c) sums[c] += static_cast<double>(part[c]);
  }
}

[[gnu::always_inline]] inline void moments_of_columns(const float* x, std::int64_t rows,
                                                      std::int64_t stride, std::int64_t columns,
                                                      double epsilon, float* mean, float* factor) {
  const auto count = static_cast<double>(rows);
  double sums[kColumns];
  sum_columns(rows, columns, sums,
              [&](std::int64_t r, std::int64_t c) { return x[r * stride + c]; });
  for (std::int64_t c = 0; c < columns; ++c) mean[c] = static_cast<float>(sums[c] / count);
  sum_columns(rows, columns, sums, [&](std::int64_t r, std::int64_t c) {
    const float d = x[r * stride + c] - mean[c];
    return d * d;
  });
  for (std::int64_t c = 0; c < columns; ++c) {
    factor[c] = static_cast<float>(1.0 / std::sqrt(sums[c] / count + epsilon));
  }
}

GRADUS_CLONES
void standardize_columns(const float* x, std::int64_t rows, std::int64_t stride,
                         std::int64_t columns, double epsilon, float* y) {
  float mean[kColumns];
  float factor[kColumns];
  moments_of_columns(x, rows, stride, columns, epsilon, mean, factor);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      y[r * stride + c] = (x[r * stride + c] - mean[c]) * factor[c];
    }
  }
}

GRADUS_CLONES
void gradient_of_columns(const float* dy, const float* x, std::int64_t rows, std::int64_t stride,
                         std::int64_t columns, double epsilon, float* dx) {
  const auto count = static_cast<double>(rows);
  float mean[kColumns];
  float factor[kColumns];
  moments_of_columns(x, rows, stride, columns, epsilon, mean, factor);
  double direct[kColumns];
  double along[kColumns];
  sum_columns(rows, columns, direct,
              [&](std::int64_t r, std::int64_t c) { return dy[r * stride + c]; });
  sum_columns(rows, columns, along, [&](std::int64_t r, std::int64_t c) {
    return dy[r * stride + c] * (x[r * stride + c] - mean[c]);
  });
  float shift[kColumns];
  float slope[kColumns];
  for (std::int64_t c = 0; c < columns; ++c) {
    shift[c] = static_cast<float>(direct[c] / count);
    slope[c] = static_cast<float>(along[c] / count) * factor[c] * factor[c];
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::int64_t at = r * stride + c;
      dx[at] = (dy[at] - shift[c] - (x[at] - mean[c]) * slope[c]) * factor[c];
    }
  }
}

/// Calls lines(offset, count) for lines that lie one after the other, or columns(offset, count) for
/// up to kColumns lines side by side.
template <class Lines, class Columns>
void for_lines(const AroundAxis& a, const Lines& lines, const Columns& columns) {
  if (a.outer * a.length * a.inner == 0) return;
  if (a.inner == 1) {
    parallel_blocks(
        a.outer, std::max<std::int64_t>(1, kBlock / a.length),
        [&](std::int64_t begin, std::int64_t end) { lines(begin * a.length, end - begin); });
    return;
  }
  const std::int64_t blocks = (a.inner + kColumns - 1) / kColumns;
  const std::int64_t size = a.length * std::min(kColumns, a.inner);
  parallel_blocks(a.outer * blocks, std::max<std::int64_t>(1, kBlock / size),
                  [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t i = begin; i < end; ++i) {
                      const std::int64_t first = i % blocks * kColumns;
                      columns(i / blocks * a.length * a.inner + first,
                              std::min(kColumns, a.inner - first));
                    }
                  });
}

}  // namespace

void standardize(const View& x, int axis, double epsilon, const View& y) {
  const AroundAxis a(x.extents, axis);
  for_lines(
      a,
      [&](std::int64_t at, std::int64_t lines) {
        standardize_lines(x.floats() + at, lines, a.length, epsilon, y.floats() + at);
      },
      [&](std::int64_t at, std::int64_t columns) {
        standardize_columns(x.floats() + at, a.length, a.inner, columns, epsilon, y.floats() + at);
      });
}

void standardize_gradient(const View& dy, const View& x, int axis, double epsilon, const View& dx) {
  const AroundAxis a(x.extents, axis);
  for_lines(
      a,
      [&](std::int64_t at, std::int64_t lines) {
        gradient_of_lines(dy.floats() + at, x.floats() + at, lines, a.length, epsilon,
                          dx.floats() + at);
      },
      [&](std::int64_t at, std::int64_t columns) {
        gradient_of_columns(dy.floats() + at, x.floats() + at, a.length, a.inner, columns, epsilon,
                            dx.floats() + at);
      });
}

}  // namespace gradus::kernels
