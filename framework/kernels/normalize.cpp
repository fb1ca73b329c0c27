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
    const double direct =
        sum(n, [&](std::int64_t i) { return load(dy + i); }, [&](std::int64_t i) { return dy[i]; });
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

/// Of up to kColumns columns.
struct Columns {
  float mean[kColumns];
  double variance[kColumns];
};

/// Part after part, each with its own mean, brought together as Chan et al. (1979) do.
[[gnu::always_inline]] inline Columns moments_of_columns(const float* x, std::int64_t rows,
                                                         std::int64_t stride,
                                                         std::int64_t columns) {
  double mean[kColumns] = {};
  double squares[kColumns] = {};
  for (std::int64_t first = 0; first < rows; first += kPartRows) {
    const std::int64_t count = std::min(rows - first, kPartRows);
    const float* part = x + first * stride;
    float above[kColumns] = {};  // the first row, which keeps sums far from 0 exact
    for (std::int64_t r = 0; r < count; ++r) {
      for (std::int64_t c = 0; c < columns; ++c) above[c] += part[r * stride + c] - part[c];
    }
    float own[kColumns];
    for (std::int64_t c = 0; c < columns; ++c) {
      above[c] /= static_cast<float>(count);
      own[c] = part[c] + above[c];
    }
    float apart[kColumns] = {};
    for (std::int64_t r = 0; r < count; ++r) {
      for (std::int64_t c = 0; c < columns; ++c) {
        const float d = part[r * stride + c] - own[c];
        apart[c] += d * d;
      }
    }
    const double share = static_cast<double>(count) / static_cast<double>(first + count);
    for (std::int64_t c = 0; c < columns; ++c) {
      const double exact = static_cast<double>(part[c]) + static_cast<double>(above[c]);
      const double off = static_cast<double>(own[c]) - exact;
      const double d = exact - mean[c];
      mean[c] += d * share;
      squares[c] += static_cast<double>(apart[c]) - off * off * static_cast<double>(count) +
                    d * d * share * static_cast<double>(first);
    }
  }
  Columns out;
  for (std::int64_t c = 0; c < columns; ++c) {
    out.mean[c] = static_cast<float>(mean[c]);
    out.variance[c] = squares[c] / static_cast<double>(std::max<std::int64_t>(1, rows));
  }
  return out;
}

/// 1 / sqrt(variance + epsilon).
[[gnu::always_inline]] inline void factors_of(const Columns& m, std::int64_t columns,
                                              double epsilon, float* factor) {
  for (std::int64_t c = 0; c < columns; ++c) {
    factor[c] = static_cast<float>(1.0 / std::sqrt(m.variance[c] + epsilon));
  }
}

[[gnu::always_inline]] inline void standardize_some(const float* x, std::int64_t rows,
                                                    std::int64_t stride, std::int64_t columns,
                                                    double epsilon, float* y) {
  const Columns m = moments_of_columns(x, rows, stride, columns);
  float factor[kColumns];
  factors_of(m, columns, epsilon, factor);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      y[r * stride + c] = (x[r * stride + c] - m.mean[c]) * factor[c];
    }
  }
}

/// The sums of a block of columns, as many rows at a time as float32 adds up well.
[[gnu::always_inline]] inline void centred_sums_of(const float* dy, const float* x,
                                                   const float* mean, std::int64_t rows,
                                                   std::int64_t stride, std::int64_t columns,
                                                   double* direct, double* along) {
  for (std::int64_t first = 0; first < rows; first += kPartRows) {
    float some_direct[kColumns] = {};
    float some_along[kColumns] = {};
    for (std::int64_t r = first; r < std::min(rows, first + kPartRows); ++r) {
      for (std::int64_t c = 0; c < columns; ++c) {
        const std::int64_t at = r * stride + c;
        some_direct[c] += dy[at];
        some_along[c] += dy[at] * (x[at] - mean[c]);
      }
    }
    for (std::int64_t c = 0; c < columns; ++c) {
      direct[c] += static_cast<double>(some_direct[c]);
      along[c] += static_cast<double>(some_along[c]);
    }
  }
}

[[gnu::always_inline]] inline void gradient_of_some(const float* dy, const float* x,
                                                    std::int64_t rows, std::int64_t stride,
                                                    std::int64_t columns, double epsilon,
                                                    float* dx) {
  const Columns m = moments_of_columns(x, rows, stride, columns);
  float factor[kColumns];
  factors_of(m, columns, epsilon, factor);
  double direct[kColumns] = {};
  double along[kColumns] = {};
  centred_sums_of(dy, x, m.mean, rows, stride, columns, direct, along);
  const auto count = static_cast<double>(rows);
  float shift[kColumns];
  float slope[kColumns];
  for (std::int64_t c = 0; c < columns; ++c) {
    shift[c] = static_cast<float>(direct[c] / count);
    slope[c] = static_cast<float>(along[c] / count) * factor[c] * factor[c];
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::int64_t at = r * stride + c;
      dx[at] = (dy[at] - shift[c] - (x[at] - m.mean[c]) * slope[c]) * factor[c];
    }
  }
}

// A whole block has a number of columns that is known here, so that its sums stay in registers.

GRADUS_CLONES
void standardize_columns(const float* x, std::int64_t rows, std::int64_t stride,
                         std::int64_t columns, double epsilon, float* y) {
  if (columns == kColumns) {
    standardize_some(x, rows, stride, kColumns, epsilon, y);
  } else {
    standardize_some(x, rows, stride, columns, epsilon, y);
  }
}

GRADUS_CLONES
void gradient_of_columns(const float* dy, const float* x, std::int64_t rows, std::int64_t stride,
                         std::int64_t columns, double epsilon, float* dx) {
  if (columns == kColumns) {
    gradient_of_some(dy, x, rows, stride, kColumns, epsilon, dx);
  } else {
    gradient_of_some(dy, x, rows, stride, columns, epsilon, dx);
  }
}

GRADUS_CLONES
void moments_of_block(const float* x, std::int64_t rows, std::int64_t stride, std::int64_t columns,
                      float* mean, float* variance) {
  const Columns m = columns == kColumns ? moments_of_columns(x, rows, stride, kColumns)
                                        : moments_of_columns(x, rows, stride, columns);
  for (std::int64_t c = 0; c < columns; ++c) {
    mean[c] = m.mean[c];
    variance[c] = static_cast<float>(m.variance[c]);
  }
}

/// A line of numbers for each column.
struct Line {
  const float* mean;
  const float* factor;
  const float* shift;
  float slope;  // of all columns
  float share;  // the same
};

/// y = ((x - mean) * slope * factor + shift) * share, row after row.
GRADUS_CLONES
void scale_rows(const float* x, const Line& line, std::int64_t rows, std::int64_t columns,
                float* y) {
  for (std::int64_t r = 0; r < rows; ++r, x += columns, y += columns) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const float slope = line.slope * line.factor[c];
      y[c] = ((x[c] - line.mean[c]) * slope + line.shift[c]) * line.share;
    }
  }
}

void scale_all(const View& x, const Line& line, const View& y) {
  const std::int64_t columns = x.extents[1];
  parallel_blocks(x.extents[0],
                  std::max<std::int64_t>(1, kBlock / std::max<std::int64_t>(1, columns)),
                  [&](std::int64_t begin, std::int64_t end) {
                    scale_rows(x.floats() + begin * columns, line, end - begin, columns,
                               y.floats() + begin * columns);
                  });
}

GRADUS_CLONES
void centred_sums_of_block(const float* dy, const float* x, const float* mean, std::int64_t rows,
                           std::int64_t stride, std::int64_t columns, float* direct, float* along) {
  double sums[kColumns] = {};
  double products[kColumns] = {};
  if (columns == kColumns) {
    centred_sums_of(dy, x, mean, rows, stride, kColumns, sums, products);
  } else {
    centred_sums_of(dy, x, mean, rows, stride, columns, sums, products);
  }
  for (std::int64_t c = 0; c < columns; ++c) {
    direct[c] += static_cast<float>(sums[c]);
    along[c] += static_cast<float>(products[c]);
  }
}

/// Calls body(first column, columns) for blocks of up to kColumns columns.
template <class Body>
void for_blocks(std::int64_t rows, std::int64_t columns, const Body& body) {
  const std::int64_t size = std::max<std::int64_t>(1, rows) * kColumns;
  parallel_blocks((columns + kColumns - 1) / kColumns, std::max<std::int64_t>(1, kBlock / size),
                  [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t block = begin; block < end; ++block) {
                      const std::int64_t first = block * kColumns;
                      body(first, std::min(kColumns, columns - first));
                    }
                  });
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

void moments(const View& x, const View& y) {
  const std::int64_t rows = x.extents[0];
  const std::int64_t columns = x.extents[1];
  for_blocks(rows, columns, [&](std::int64_t first, std::int64_t count) {
    moments_of_block(x.floats() + first, rows, columns, count, y.floats() + first,
                     y.floats() + columns + first);
  });
}

void moments_gradient(const View& u, const View& x, const View& moments, std::int64_t rows,
                      const View& dx) {
  const std::int64_t columns = x.extents[1];
  const Line line{moments.floats(), u.floats() + columns, u.floats(), 2.0F,
                  1.0F / static_cast<float>(rows)};
  scale_all(x, line, dx);
}

void shift_and_scale(const View& x, const View& mean, const View& factor, const View& shift,
                     const View& y) {
  scale_all(x, {mean.floats(), factor.floats(), shift.floats(), 1.0F, 1.0F}, y);
}

void centred_sums(const View& dy, const View& x, const View& mean, const View& y, bool accumulate) {
  const std::int64_t rows = x.extents[0];
  const std::int64_t columns = x.extents[1];
  if (!accumulate) std::fill_n(y.floats(), y.elements(), 0.0F);
  for_blocks(rows, columns, [&](std::int64_t first, std::int64_t count) {
    centred_sums_of_block(dy.floats() + first, x.floats() + first, mean.floats() + first, rows,
                          columns, count, y.floats() + first, y.floats() + columns + first);
  });
}

}  // namespace gradus::kernels
