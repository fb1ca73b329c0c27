#include "framework/kernels/small_matmul.h"

#include <algorithm>

#include "framework/kernels/block_matmul.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/math.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

[[gnu::always_inline]] inline float sum(Vector v) {
  float total[kLanes];
  store(total, v);
  for (std::int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::int64_t i = 0; i < half; ++i) total[i] += total[i + half];
  }
  return total[0];
}

/// The sum of each of eight vectors: neighbours are added, then neighbouring pairs, then halves.
[[gnu::always_inline]] inline Eight sum_each(const Eight* v) {
  const auto pairs = [](Eight a, Eight b) {
    return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
           __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  };
  const auto fours = [](Eight a, Eight b) {
    return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +
           __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  };
  const Eight first = fours(pairs(v[0], v[1]), pairs(v[2], v[3]));
  const Eight second = fours(pairs(v[4], v[5]), pairs(v[6], v[7]));
  return __builtin_shufflevector(first, second, 0, 1, 2, 3, 8, 9, 10, 11) +
         __builtin_shufflevector(first, second, 4, 5, 6, 7, 12, 13, 14, 15);
}

/// y[n] += a[k] (every `step` apart) · b[k, n]: blocks of columns stay in registers.
GRADUS_CLONES
void row_times_matrix(const float* a, std::int64_t step, const float* b, float* y, std::int64_t k,
                      std::int64_t n) {
  std::int64_t j = 0;
  for (; j + 4 * kLanes <= n; j += 4 * kLanes) {
    Vector y0 = load(y + j);
    Vector y1 = load(y + j + kLanes);
    Vector y2 = load(y + j + 2 * kLanes);
    Vector y3 = load(y + j + 3 * kLanes);
    const float* column = b + j;
    for (std::int64_t i = 0; i < k; ++i, column += n) {
      const float factor = a[i * step];
      y0 += factor * load(column);
      y1 += factor * load(column + kLanes);
      y2 += factor * load(column + 2 * kLanes);
      y3 += factor * load(column + 3 * kLanes);
    }
    store(y + j, y0);
    store(y + j + kLanes, y1);
    store(y + j + 2 * kLanes, y2);
    store(y + j + 3 * kLanes, y3);
  }
  if (j == n) return;
  for (std::int64_t i = 0; i < k; ++i) {
    const float factor = a[i * step];
    for (std::int64_t c = j; c < n; ++c) y[c] += factor * b[i * n + c];
  }
}

/// y[i * n + j] += a[i, :] · b[j, :], both of length k.
GRADUS_CLONES
void dots(const float* a, std::int64_t lda, const float* b, float* y, std::int64_t m,
          std::int64_t n, std::int64_t k) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      Vector parts{};
      std::int64_t c = 0;
      for (; c + kLanes <= k; c += kLanes) parts += load(a + i * lda + c) * load(b + j * k + c);
      float total = sum(parts);
      for (; c < k; ++c) total += a[i * lda + c] * b[j * k + c];
      y[i * n + j] += total;
    }
  }
}

/// y[i] += a[i, :] · b, eight rows at a time: their partial sums are turned and added together.
GRADUS_CLONES
void rows_times_column(const float* a, std::int64_t lda, const float* b, float* y, std::int64_t m,
                       std::int64_t k) {
  constexpr std::int64_t kRows = 8;
  std::int64_t i = 0;
  for (; i + kRows <= m; i += kRows) {
    Eight parts[kRows] = {};
    std::int64_t c = 0;
    for (; c + kRows <= k; c += kRows) {
      const Eight column = *reinterpret_cast<const Eight*>(b + c);
#pragma GCC unroll 8
      for (std::int64_t r = 0; r < kRows; ++r) {
        parts[r] += *reinterpret_cast<const Eight*>(a + (i + r) * lda + c) * column;
      }
    }
    auto* sums = reinterpret_cast<Eight*>(y + i);
    *sums += sum_each(parts);
    for (; c < k; ++c) {
      for (std::int64_t r = 0; r < kRows; ++r) y[i + r] += a[(i + r) * lda + c] * b[c];
    }
  }
  dots(a + i * lda, lda, b, y + i, m - i, 1, k);
}

/// Where the rows of a, and its columns, are.
struct Steps {
  std::int64_t row;
  std::int64_t column;
};

/// y[j] = v[j] for the first `count` lanes; beyond them, before `end`, y may get any number.
template <class V>
[[gnu::always_inline]] inline void put_first(V v, std::int64_t count, float* y, const float* end) {
  if (y + kLanes <= end) {
    store(y, v);
    return;
  }
  float lanes[kLanes];
  store(lanes, v);
  for (std::int64_t j = 0; j < count; ++j) y[j] = lanes[j];
}

/// y[j] += v[j] for the first `count` lanes.
template <class V>
[[gnu::always_inline]] inline void add_first(V v, std::int64_t count, float* y) {
  if (count == kLanes) {
    store(y, load<V>(y) + v);
    return;
  }
  constexpr std::int64_t kHalf = kLanes / 2;
  float lanes[kLanes];
  store(lanes, v);
  std::int64_t j = 0;
  if (count >= kHalf) {
    *reinterpret_cast<Eight*>(y) += *reinterpret_cast<const Eight*>(lanes);
    j = kHalf;
  }
  for (; j < count; ++j) y[j] += lanes[j];
}

/// Where a panel's product belongs: up to 16 columns of y, whose rows are n apart.
template <class V>
struct Target {
  std::int64_t n;
  std::int64_t width;
  bool fresh;        // y holds nothing yet
  V bias;            // which is added to what is fresh
  const float* end;  // up to where a fresh y may be written, row after row
};

/// y[r, :] += a[r, :] · panel for a few rows r, whose sums stay in registers.
template <int rows, class V>
[[gnu::always_inline]] inline void rows_times_panel(const float* a, Steps a_steps,
                                                    const float* panel, std::int64_t k, float* y,
                                                    const Target<V>& to) {
  V sums[rows] = {};
  for (std::int64_t c = 0; c < k; ++c) {
    const V b = load<V>(panel + c * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) sums[r] += a[r * a_steps.row + c * a_steps.column] * b;
  }
  for (int r = 0; r < rows; ++r) {
    if (to.fresh) {
      put_first(to.bias + sums[r], to.width, y + r * to.n, to.end);
    } else {
      add_first(sums[r], to.width, y + r * to.n);
    }
  }
}

/// The same for all m rows, `rows` at a time, and the rest.
template <int rows, class V>
[[gnu::always_inline]] inline void all_times_panel(const float* a, Steps a_steps,
                                                   const float* panel, std::int64_t m,
                                                   std::int64_t k, float* y, const Target<V>& to) {
  std::int64_t i = 0;
  for (; i + rows <= m; i += rows) {
    rows_times_panel<rows>(a + i * a_steps.row, a_steps, panel, k, y + i * to.n, to);
  }
  if constexpr (rows > 1) {
    if (i < m) {
      all_times_panel<rows / 2>(a + i * a_steps.row, a_steps, panel, m - i, k, y + i * to.n, to);
    }
  }
}

/// Copies up to 16 columns of b, from column `first` on, to where they are dense; what follows the
/// last is any number. b is [k, n], or [n, k] where `transposed`, with `row` apart.
[[gnu::always_inline]] inline void pack(const float* b, bool transposed, std::int64_t k,
                                        std::int64_t n, std::int64_t first, std::int64_t row,
                                        float* panel) {
  const std::int64_t width = std::min(kLanes, n - first);
  if (transposed) {
    for (std::int64_t j = 0; j < width; ++j) {
      const float* from = b + (first + j) * row;
      for (std::int64_t c = 0; c < k; ++c) panel[c * kLanes + j] = from[c];
    }
    for (std::int64_t j = width; j < kLanes; ++j) {
      for (std::int64_t c = 0; c < k; ++c) panel[c * kLanes + j] = 0;
    }
    return;
  }
  std::int64_t c = 0;
  // As long as it does not reach beyond the last row.
  for (; c < k && first + kLanes <= (k - c) * row; ++c) {
    store(panel + c * kLanes, load(b + c * row + first));
  }
  for (; c < k; ++c) {
    for (std::int64_t j = 0; j < kLanes; ++j) {
      panel[c * kLanes + j] = j < width ? b[c * row + first + j] : 0;
    }
  }
}

/// y[m, n] += a · b, or, where y is fresh, = a · b + bias, if there is one; 16 columns and at most
/// kDeepest rows of b at a time.
template <int rows, class V>
[[gnu::always_inline]] inline void panels_of(const float* a, Steps a_steps, const float* b,
                                             bool transpose_b, const float* bias, float* y,
                                             bool fresh, std::int64_t m, std::int64_t n,
                                             std::int64_t k) {
  constexpr std::int64_t kDeepest = 256;
  float panel[kDeepest * kLanes];
  for (std::int64_t first = 0; first < k; first += kDeepest) {
    const std::int64_t depth = std::min(kDeepest, k - first);
    for (std::int64_t j = 0; j < n; j += kLanes) {
      pack(transpose_b ? b + first : b + first * n, transpose_b, depth, n, j, transpose_b ? k : n,
           panel);
      const std::int64_t width = std::min(kLanes, n - j);
      // What is written beyond a row of y is the next row's, which follows.
      const bool beyond = n <= kLanes || width == kLanes;
      Target<V> to{n, width, fresh && first == 0, {}, beyond ? y + m * n : y};
      if (bias != nullptr && to.fresh) {
        float lanes[kLanes] = {};
        std::copy_n(bias + j, width, lanes);
        to.bias = load<V>(lanes);
      }
      all_times_panel<rows>(a + first * a_steps.column, a_steps, panel, m, depth, y + j, to);
    }
  }
}

// As many rows at a time as make eight sums: an addition takes so long that two are always under
// way in each of four steps.

GRADUS_NARROW_CLONES
void narrow_panels(const float* a, Steps a_steps, const float* b, bool transpose_b,
                   const float* bias, float* y, bool fresh, std::int64_t m, std::int64_t n,
                   std::int64_t k) {
  panels_of<4, Vector>(a, a_steps, b, transpose_b, bias, y, fresh, m, n, k);
}

GRADUS_WIDE
void wide_panels(const float* a, Steps a_steps, const float* b, bool transpose_b, const float* bias,
                 float* y, bool fresh, std::int64_t m, std::int64_t n, std::int64_t k) {
  panels_of<8, Sixteen>(a, a_steps, b, transpose_b, bias, y, fresh, m, n, k);
}

/// y[i, :] = a[i] * b[:], an outer product; y[i, :] += … where `adds`.
GRADUS_CLONES
void outer(const float* a, std::int64_t lda, const float* b, bool adds, float* y, std::int64_t m,
           std::int64_t n) {
  for (std::int64_t i = 0; i < m; ++i, y += n) {
    const float factor = a[i * lda];
    if (adds) {
      for (std::int64_t j = 0; j < n; ++j) y[j] += factor * b[j];
    } else {
      for (std::int64_t j = 0; j < n; ++j) y[j] = factor * b[j];
    }
  }
}

/// y[i] += b[r] * a[r, i], row after row.
GRADUS_CLONES
void weighted_sum_of_rows(const float* a, std::int64_t lda, const float* b, float* y,
                          std::int64_t m, std::int64_t k) {
  for (std::int64_t r = 0; r < k; ++r) {
    const float factor = b[r];
    for (std::int64_t i = 0; i < m; ++i) y[i] += factor * a[r * lda + i];
  }
}

GRADUS_CLONES
void relu(float* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = y[i] < 0 ? 0 : y[i];  // NaN stays NaN
}

GRADUS_CLONES
void sigmoid(float* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = math::sigmoid(y[i]);
}

GRADUS_CLONES
void tanh(float* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = math::tanh(y[i]);
}

}  // namespace

GRADUS_CLONES
void apply_gate(const float* gate, float* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = gate[i] > 0 ? y[i] : 0;
}

void activate(Activation activation, float* y, std::int64_t count) {
  switch (activation) {
    case Activation::none:
      return;
    case Activation::relu:
      return relu(y, count);
    case Activation::sigmoid:
      return sigmoid(y, count);
    case Activation::tanh:
      return tanh(y, count);
  }
}

void small_matmul(const MatmulSizes& sizes, Activation activation, const float* a, const float* b,
                  const float* bias, const float* gate, float* y, bool accumulate) {
  const auto [m, n, k, transpose_a, transpose_b, lda_or_dense] = sizes;
  const std::int64_t lda = lda_or_dense != 0 ? lda_or_dense : (transpose_a ? m : k);
  constexpr std::int64_t kFewRows = 3;  // that do not pay for copying columns of b
  const bool few = n == 1 || (k == 1 && !transpose_a) ||
                   (m <= kFewRows && !(transpose_a && transpose_b)) || k == 0;
  const bool outer_product = k == 1 && !transpose_a && n > 1;
  const bool fresh = outer_product && bias == nullptr && !accumulate;
  if (few && !accumulate && !fresh) {
    for (std::int64_t i = 0; i < m; ++i) {
      if (bias != nullptr) {
        std::copy(bias, bias + n, y + i * n);
      } else {
        std::fill(y + i * n, y + (i + 1) * n, 0.0F);
      }
    }
  }
  if (!few && in_blocks(sizes)) {
    // What they cannot apply comes after them, and a gate after that.
    const bool all = activation == Activation::none || activation == Activation::relu;
    block_matmul(sizes, activation == Activation::relu, a, b, bias, all ? gate : nullptr, y,
                 accumulate);
    if (all) return;
  } else if (!few) {
    const Steps steps = transpose_a ? Steps{1, lda} : Steps{lda, 1};
    const auto panels = has_wide_registers() ? wide_panels : narrow_panels;
    panels(a, steps, b, transpose_b, bias, y, !accumulate, m, n, k);
  } else if (n == 1) {
    if (!transpose_a) {
      rows_times_column(a, lda, b, y, m, k);
    } else {
      weighted_sum_of_rows(a, lda, b, y, m, k);
    }
  } else if (outer_product) {
    outer(a, lda, b, !fresh, y, m, n);
  } else if (transpose_b) {
    dots(a, lda, b, y, m, n, k);
  } else {
    for (std::int64_t i = 0; i < m; ++i) {
      row_times_matrix(transpose_a ? a + i : a + i * lda, transpose_a ? lda : 1, b, y + i * n, k,
                       n);
    }
  }
  activate(activation, y, m * n);
  if (gate != nullptr) apply_gate(gate, y, m * n);
}

}  // namespace gradus::kernels
