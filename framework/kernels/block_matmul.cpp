#include "framework/kernels/block_matmul.h"

#include "framework/kernels/clones.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

/// From one row of a to the next, and from one column.
struct Steps {
  std::int64_t row;
  std::int64_t column;
};

/// What becomes of the sums of y[m, n]: they are added to y, unless it is fresh, and to the bias;
/// then what is negative becomes 0, if `positive`, or what a gate [m, n] is not positive for.
struct Finish {
  bool fresh;
  bool positive;
  const float* bias;  // null: none
  const float* gate;  // null: none
};

/// A few rows of two vectors each, from element `at` of y on: their sums over all of k stay in
/// registers. The rows of b, and of y, are n apart.
template <int rows>
[[gnu::always_inline]] inline void block(const float* a, Steps a_steps, const float* b, float* y,
                                         std::int64_t at, std::int64_t n, std::int64_t k,
                                         const Finish& finish) {
  constexpr int kVectors = 2;
  Sixteen sums[rows][kVectors] = {};
  for (std::int64_t c = 0; c < k; ++c, b += n) {
    const Sixteen columns[kVectors] = {load<Sixteen>(b), load<Sixteen>(b + kLanes)};
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const float factor = a[r * a_steps.row + c * a_steps.column];
      for (int j = 0; j < kVectors; ++j) sums[r][j] += factor * columns[j];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r, at += n) {
    for (int j = 0; j < kVectors; ++j) {
      float* to = y + at + j * kLanes;
      Sixteen sum = sums[r][j];
      if (!finish.fresh) sum += load<Sixteen>(to);
      if (finish.bias != nullptr) sum += load<Sixteen>(finish.bias + j * kLanes);
      if (finish.positive) sum = relu(sum);
      if (finish.gate != nullptr) {
        sum = load<Sixteen>(finish.gate + at + j * kLanes) > 0 ? sum : Sixteen{};
      }
      store(to, sum);
    }
  }
}

/// The same for all m rows, `rows` at a time, and the rest.
template <int rows>
[[gnu::always_inline]] inline void blocks(const float* a, Steps a_steps, const float* b, float* y,
                                          std::int64_t at, std::int64_t m, std::int64_t n,
                                          std::int64_t k, const Finish& finish) {
  std::int64_t i = 0;
  for (; i + rows <= m; i += rows, at += rows * n) {
    block<rows>(a + i * a_steps.row, a_steps, b, y, at, n, k, finish);
  }
  if constexpr (rows > 1) {
    if (i < m) blocks<rows / 2>(a + i * a_steps.row, a_steps, b, y, at, m - i, n, k, finish);
  }
}

constexpr std::int64_t kBlockColumns = 2 * kLanes;

/// All columns, of which there are a multiple of 32, straight from b.
GRADUS_WIDE
void all_blocks(const float* a, Steps a_steps, const float* b, float* y, std::int64_t m,
                std::int64_t n, std::int64_t k, Finish finish) {
  for (std::int64_t j = 0; j < n; j += kBlockColumns) {
    blocks<8>(a, a_steps, b + j, y, j, m, n, k, finish);
    if (finish.bias != nullptr) finish.bias += kBlockColumns;
  }
}

}  // namespace

bool in_blocks(const MatmulSizes& sizes) {
  return has_wide_registers() && !sizes.transpose_b && sizes.n % kBlockColumns == 0;
}

void block_matmul(const MatmulSizes& sizes, bool positive, const float* a, const float* b,
                  const float* bias, const float* gate, float* y, bool accumulate) {
  const std::int64_t dense = sizes.transpose_a ? sizes.m : sizes.k;
  const std::int64_t lda = sizes.lda != 0 ? sizes.lda : dense;
  const Steps steps = sizes.transpose_a ? Steps{1, lda} : Steps{lda, 1};
  all_blocks(a, steps, b, y, sizes.m, sizes.n, sizes.k, {!accumulate, positive, bias, gate});
}

}  // namespace gradus::kernels
