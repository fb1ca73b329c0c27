#include "framework/kernels/small_matmul.h"

#include <algorithm>

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

/// y[i, :] += a[i] * b[:]: an outer product.
GRADUS_CLONES
void outer(const float* a, std::int64_t lda, const float* b, float* y, std::int64_t m,
           std::int64_t n) {
  for (std::int64_t i = 0; i < m; ++i) {
    const float factor = a[i * lda];
    for (std::int64_t j = 0; j < n; ++j) y[i * n + j] += factor * b[j];
  }
}

/// y[m, n] += aᵀ · b, row of k after row of k.
GRADUS_CLONES
void sum_of_outers(const float* a, std::int64_t lda, const float* b, float* y, std::int64_t m,
                   std::int64_t n, std::int64_t k) {
  for (std::int64_t r = 0; r < k; ++r) {
    if (n == 1) {
      const float factor = b[r];
      for (std::int64_t i = 0; i < m; ++i) y[i] += factor * a[r * lda + i];
    } else {
      for (std::int64_t i = 0; i < m; ++i) {
        const float factor = a[r * lda + i];
        for (std::int64_t j = 0; j < n; ++j) y[i * n + j] += factor * b[r * n + j];
      }
    }
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
                  const float* bias, float* y, bool accumulate) {
  const auto [m, n, k, transpose_a, transpose_b, lda_or_dense] = sizes;
  const std::int64_t lda = lda_or_dense != 0 ? lda_or_dense : (transpose_a ? m : k);
  if (!accumulate) {
    for (std::int64_t i = 0; i < m; ++i) {
      if (bias != nullptr) {
        std::copy(bias, bias + n, y + i * n);
      } else {
        std::fill(y + i * n, y + (i + 1) * n, 0.0F);
      }
    }
  }
  if (!transpose_a && (transpose_b || n == 1)) {
    if (k == 1) {
      outer(a, lda, b, y, m, n);
    } else {
      dots(a, lda, b, y, m, n, k);
    }
  } else if (!transpose_b && transpose_a && m > 1) {
    sum_of_outers(a, lda, b, y, m, n, k);
  } else if (!transpose_b) {
    for (std::int64_t i = 0; i < m; ++i) {
      row_times_matrix(transpose_a ? a + i : a + i * lda, transpose_a ? lda : 1, b, y + i * n, k,
                       n);
    }
  } else {
    for (std::int64_t i = 0; i < m; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        for (std::int64_t c = 0; c < k; ++c) y[i * n + j] += a[c * lda + i] * b[j * k + c];
      }
    }
  }
  activate(activation, y, m * n);
}

}  // namespace gradus::kernels
