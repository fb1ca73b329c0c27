#include "framework/kernels/reduce.h"

#include <algorithm>
#include <array>

#include "framework/kernels/broadcast.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"

namespace gradus::kernels {
namespace {

/// As sum_of.
[[gnu::always_inline]] inline double sum_of_line(const float* x, std::int64_t count) {
  constexpr std::size_t kParts = 8;
  std::array<double, kParts> parts{};
  std::int64_t i = 0;
  for (; i + static_cast<std::int64_t>(kParts) <= count; i += kParts) {
    for (std::size_t p = 0; p < kParts; ++p)
      parts[p] += static_cast<double>(x[i + static_cast<std::int64_t>(p)]);
  }
  double total = ((parts[0] + parts[4]) + (parts[1] + parts[5])) +
                 ((parts[2] + parts[6]) + (parts[3] + parts[7]));
  for (; i < count; ++i) total += static_cast<double>(x[i]);
  return total;
}

/// y += factor * the sum of each of so many runs; y moves by a step from one to the next.
GRADUS_CLONES
void add_sums(const float* x, std::int64_t runs, std::int64_t inner, double factor, float* y,
              std::int64_t step) {
  for (std::int64_t run = 0; run < runs; ++run) {
    y[run * step] += static_cast<float>(factor * sum_of_line(x + run * inner, inner));
  }
}

/// y[:] += factor * each of so many runs; y moves by a step from one to the next.
GRADUS_CLONES
void add_runs(const float* x, std::int64_t runs, std::int64_t inner, float factor, float* y,
              std::int64_t step) {
  for (std::int64_t run = 0; run < runs; ++run, x += inner, y += step) {
    for (std::int64_t i = 0; i < inner; ++i) y[i] += factor * x[i];
  }
}

/// y[c] += factor * the sum of x[r, c] over all rows, a block of rows at a time: a sum in one go
/// loses digits with each row.
GRADUS_CLONES
void add_rows(const float* x, std::int64_t rows, std::int64_t columns, float factor, float* y) {
  constexpr std::int64_t kRows = 64;
  constexpr std::int64_t kColumns = 256;
  std::array<float, kColumns> sums;
  for (std::int64_t c = 0; c < columns; c += kColumns) {
    const std::int64_t width = std::min(kColumns, columns - c);
    for (std::int64_t first = 0; first < rows; first += kRows) {
      const std::int64_t end = std::min(rows, first + kRows);
      std::fill_n(sums.begin(), width, 0.0F);
      for (std::int64_t r = first; r < end; ++r) {
        const float* row = x + r * columns + c;
        for (std::int64_t i = 0; i < width; ++i) sums[static_cast<std::size_t>(i)] += row[i];
      }
      for (std::int64_t i = 0; i < width; ++i) {
        y[c + i] += factor * sums[static_cast<std::size_t>(i)];
      }
    }
  }
}

}  // namespace

GRADUS_CLONES
double sum_of(const float* x, std::int64_t count) { return sum_of_line(x, count); }

void sum_to(const View& x, const View& y, double factor, bool accumulate) {
  if (!accumulate) std::fill_n(y.floats(), y.elements(), 0.0F);
  if (x.elements() == 0) return;
  const BroadcastWalk walk(x.extents, x.extents, y.extents);
  const std::int64_t inner = walk.inner();
  const std::int64_t runs = walk.runs();
  const bool moves = walk.inner_stride(1) != 0;
  if (moves && y.elements() == inner) {
    add_rows(x.floats(), runs, inner, static_cast<float>(factor), y.floats());
    return;
  }
  // Runs along the last axis but one follow each other at equal steps.
  const auto middle = static_cast<std::size_t>(std::max(0, walk.rank - 2));
  const std::int64_t together = walk.rank == 1 ? 1 : walk.sizes[middle];
  for (std::int64_t run = 0; run < runs; run += together) {
    const float* from = x.floats() + run * inner;
    float* to = y.floats() + walk.offset(1, run);
    if (moves) {
      add_runs(from, together, inner, static_cast<float>(factor), to, walk.strides[1][middle]);
    } else {
      add_sums(from, together, inner, factor, to, walk.strides[1][middle]);
    }
  }
}

}  // namespace gradus::kernels
