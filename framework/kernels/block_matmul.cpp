#include "framework/kernels/block_matmul.h"

#include <algorithm>

#include "framework/kernels/clones.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

/// y[m, n] of a[m, k] and b[k, n], and what becomes of the sums: they are added to y, unless it is
/// fresh, and to the bias; then what is negative becomes 0, if `positive`, or what the gate [m, n]
/// is not positive for.
struct Product {
  const float* a;
  std::int64_t a_row;     // from one row of a to the next
  std::int64_t a_column;  // and from one column
  const float* b;
  float* y;
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  bool fresh;
  bool positive;
  const float* bias;  // null: none
  const float* gate;  // null: none
};

/// The columns of b that a block reads.
struct Columns {
  const float* data;
  std::int64_t row;  // from one row to the next
  float* copy;       // where they are put together, if they are
};

template <int rows, int vectors>
using Sums = Sixteen[rows][vectors];

/// Calls f(sum, element of a row-major matrix of n columns, vector) for all of a block.
template <int rows, int vectors, class F>
[[gnu::always_inline]] inline void each(Sums<rows, vectors>& sums, std::int64_t n, F f) {
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) f(sums[r][v], r * n + v * kLanes, v);
  }
}

/// Some rows of some vectors, from row i and column j of y on: their sums stay in registers.
template <int rows, int vectors, bool copies = false>
[[gnu::always_inline]] inline void block(const Product& p, std::int64_t i, std::int64_t j,
                                         const Columns& columns) {
  Sums<rows, vectors> sums = {};
  const float* a = p.a + i * p.a_row;
  const float* b = columns.data;
  // Unrolled: with as many turns as a has columns, the processor would not foresee the last one.
#pragma GCC unroll 4
  for (std::int64_t c = 0; c < p.k; ++c, b += columns.row) {
    Sixteen row[vectors];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
      row[v] = load<Sixteen>(b + v * kLanes);
      if constexpr (copies) store(columns.copy + (c * vectors + v) * kLanes, row[v]);
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const float factor = a[r * p.a_row + c * p.a_column];
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sums[r][v] += factor * row[v];
    }
  }

  const std::int64_t n = p.n;
  float* y = p.y + i * n + j;
  if (!p.fresh) {
    each(sums, n, [y](Sixteen& sum, std::int64_t at, int) { sum += load<Sixteen>(y + at); });
  }
  if (p.bias != nullptr) {
    const float* bias = p.bias + j;
    each(sums, n,
         [bias](Sixteen& sum, std::int64_t, int v) { sum += load<Sixteen>(bias + v * kLanes); });
  }
  if (p.positive) each(sums, n, [](Sixteen& sum, std::int64_t, int) { sum = relu(sum); });
  if (p.gate != nullptr) {
    const float* gate = p.gate + i * n + j;
    each(sums, n, [gate](Sixteen& sum, std::int64_t at, int) {
      sum = load<Sixteen>(gate + at) > 0 ? sum : Sixteen{};
    });
  }
  each(sums, n, [y](Sixteen& sum, std::int64_t at, int) { store(y + at, sum); });
}

/// All rows from row i on, `rows` at a time, and the rest by 4, 2 and 1.
template <int rows, int vectors>
[[gnu::always_inline]] inline void blocks(const Product& p, std::int64_t i, std::int64_t j,
                                          const Columns& columns) {
  for (; i + rows <= p.m; i += rows) block<rows, vectors>(p, i, j, columns);
  if constexpr (rows > 1) {
    if (i < p.m) blocks<rows == 6 ? 4 : rows / 2, vectors>(p, i, j, columns);
  }
}

constexpr std::int64_t kFarApart = 128;  // floats
constexpr std::int64_t kCopied = 8192;   // floats, most of a first cache

/// All rows of the columns from j to `end`, in blocks. Rows of b that lie far apart begin in the
/// same few places of the first cache: the first block puts its columns together. Not with a
/// transposed a, whose rows then lie apart, too.
template <int rows, int vectors>
[[gnu::always_inline]] inline void all_rows(const Product& p, std::int64_t j, std::int64_t end) {
  constexpr std::int64_t kWidth = vectors * kLanes;
  alignas(64) float copy[kCopied];
  const bool copies =
      p.a_column == 1 && p.n >= kFarApart && p.k * kWidth <= kCopied && p.m / rows > 1;
  for (; j + kWidth <= end; j += kWidth) {
    const Columns columns{p.b + j, p.n, copy};
    if (copies) {
      block<rows, vectors, true>(p, 0, j, columns);
      blocks<rows, vectors>(p, rows, j, {copy, kWidth, nullptr});
    } else {
      blocks<rows, vectors>(p, 0, j, columns);
    }
  }
}

/// All columns, of which there are a multiple of 32.
[[gnu::always_inline]] inline void all_columns(const Product& p) {
  // Of what 32 registers have room for: the fewest loads a sum.
  const std::int64_t wide = p.n / (4 * kLanes) * (4 * kLanes);
  all_rows<6, 4>(p, 0, wide);
  all_rows<8, 2>(p, wide, p.n);
}

/// The part of a product that sums columns of a from `begin` to `end`.
[[gnu::always_inline]] inline Product part(Product p, std::int64_t begin, std::int64_t end) {
  p.a += begin * p.a_column;
  p.b += begin * p.n;
  p.fresh = p.fresh && begin == 0;
  if (end < p.k) {
    p.positive = false;
    p.bias = nullptr;
    p.gate = nullptr;
  }
  p.k = end - begin;
  return p;
}

constexpr std::int64_t kPartRows = 256;

/// Part by part of the rows of b, so that all columns of those are in a cache after the first.
GRADUS_WIDE
void all_blocks(const Product& p) {
  const std::int64_t parts = std::max<std::int64_t>(1, (p.k + kPartRows - 1) / kPartRows);
  for (std::int64_t i = 0; i < parts; ++i) {
    all_columns(part(p, p.k * i / parts, p.k * (i + 1) / parts));
  }
}

}  // namespace

bool in_blocks(const MatmulSizes& sizes) {
  // Floats up to which the blocks are as fast: 3/4 MiB. Those of a part of b are read for each
  // block of rows; those of y come back for each part, and a transposed a has many.
  constexpr std::int64_t kInCache = 196'608;
  const std::int64_t read = std::min(sizes.k, kPartRows) * sizes.n;
  const std::int64_t written = sizes.transpose_a ? sizes.m * sizes.n : 0;
  return has_wide_registers() && !sizes.transpose_b && sizes.n % (2 * kLanes) == 0 &&
         read <= kInCache && written <= kInCache;
}

void block_matmul(const MatmulSizes& sizes, bool positive, const float* a, const float* b,
                  const float* bias, const float* gate, float* y, bool accumulate) {
  const std::int64_t dense = sizes.transpose_a ? sizes.m : sizes.k;
  const std::int64_t lda = sizes.lda != 0 ? sizes.lda : dense;
  all_blocks({.a = a,
              .a_row = sizes.transpose_a ? 1 : lda,
              .a_column = sizes.transpose_a ? lda : 1,
              .b = b,
              .y = y,
              .m = sizes.m,
              .n = sizes.n,
              .k = sizes.k,
              .fresh = !accumulate,
              .positive = positive,
              .bias = bias,
              .gate = gate});
}

}  // namespace gradus::kernels
