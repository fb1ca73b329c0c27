#include "framework/kernels/transpose.h"

#include <algorithm>
#include <utility>

#include "framework/kernels/clones.h"
#include "framework/kernels/copy.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/parallel.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

/// An axis of the result: its length, and how far apart its elements are in x and in y.
struct Axis {
  std::int64_t size = 1;
  std::int64_t from = 0;
  std::int64_t to = 0;
};

constexpr int kSide = 8;  // of a square, a vector a row
using Square = Eight[kSide];

/// Swaps, in each square of 2 * apart rows and columns, the one quarter off the diagonal with the
/// other.
template <int apart, int... lane>
[[gnu::always_inline]] inline void swap_quarters(Square& rows,
                                                 std::integer_sequence<int, lane...> /*lanes*/) {
  for (int i = 0; i < kSide; ++i) {
    if ((i & apart) != 0) continue;
    const Eight upper = rows[i];
    const Eight lower = rows[i + apart];
    rows[i] = __builtin_shufflevector(upper, lower,
                                      ((lane & apart) == 0 ? lane : kSide + lane - apart)...);
    rows[i + apart] = __builtin_shufflevector(
        upper, lower, ((lane & apart) == 0 ? lane + apart : kSide + lane)...);
  }
}

[[gnu::always_inline]] inline void turn_square(const float* x, std::int64_t from, float* y,
                                               std::int64_t to) {
  constexpr std::make_integer_sequence<int, kSide> kAll;
  Square rows;
  for (int i = 0; i < kSide; ++i) rows[i] = load<Eight>(x + i * from);
  swap_quarters<4>(rows, kAll);
  swap_quarters<2>(rows, kAll);
  swap_quarters<1>(rows, kAll);
  for (int i = 0; i < kSide; ++i) store(y + i * to, rows[i]);
}

/// y[j * to + i] = x[i * from + j], for `rows` i and `columns` j of one square, or fewer.
[[gnu::always_inline]] inline void turn_part(const float* x, std::int64_t rows, std::int64_t from,
                                             float* y, std::int64_t columns, std::int64_t to) {
  if (rows == kSide && columns == kSide) return turn_square(x, from, y, to);
  for (std::int64_t j = 0; j < columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) y[j * to + i] = x[i * from + j];
  }
}

/// The same of any size: a line of y's cache is filled before the next one's turn.
GRADUS_CLONES
void turn(const float* x, std::int64_t rows, std::int64_t from, float* y, std::int64_t columns,
          std::int64_t to) {
  constexpr std::int64_t kLine = 16;
  for (std::int64_t first = 0; first < rows; first += kLine) {
    const std::int64_t last = std::min(rows, first + kLine);
    for (std::int64_t j = 0; j < columns; j += kSide) {
      const std::int64_t wide = std::min<std::int64_t>(columns - j, kSide);
      for (std::int64_t i = first; i < last; i += kSide) {
        const std::int64_t high = std::min<std::int64_t>(last - i, kSide);
        turn_part(x + i * from + j, high, from, y + j * to + i, wide, to);
      }
    }
  }
}

}  // namespace

void transpose(const View& x, const std::array<int, kMaximumRank>& order, const View& y) {
  if (y.elements() == 0) return;
  const int rank = y.extents.rank();
  std::array<std::int64_t, kMaximumRank> strides{};
  std::int64_t stride = 1;
  for (int axis = rank - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = stride;
    stride *= x.extents[axis];
  }
  // The axes of y from the last on, without those of 1; two that follow one another in x, too, are
  // one.
  std::array<Axis, kMaximumRank> axes{};
  std::size_t count = 0;
  stride = 1;
  for (int axis = rank - 1; axis >= 0; --axis) {
    const auto at = static_cast<std::size_t>(order[static_cast<std::size_t>(axis)]);
    const Axis next{y.extents[axis], strides[at], stride};
    stride *= next.size;
    if (next.size == 1) continue;
    if (count > 0 && next.from == axes[count - 1].size * axes[count - 1].from) {
      axes[count - 1].size *= next.size;
    } else {
      axes[count++] = next;
    }
  }
  const Axis last = count > 0 ? axes[0] : Axis{1, 1, 1};
  Axis across{1, 1, 1};  // along which x's elements follow one another
  std::array<Axis, kMaximumRank> outer{};
  std::size_t outer_count = 0;
  for (std::size_t k = 1; k < count; ++k) {
    if (axes[k].from == 1) {
      across = axes[k];
    } else {
      outer[outer_count++] = axes[k];
    }
  }
  // Where x's elements follow one another along y's last axis, runs of them are copied.
  if (last.from == 1 && outer_count > 0) {
    across = outer[0];
    std::copy(outer.begin() + 1, outer.end(), outer.begin());
    --outer_count;
  }
  std::int64_t blocks = 1;
  for (std::size_t k = 0; k < outer_count; ++k) blocks *= outer[k].size;
  const std::int64_t size = last.size * across.size;
  parallel_blocks(blocks, std::max<std::int64_t>(1, kBlock / size),
                  [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t block = begin; block < end; ++block) {
                      std::int64_t rest = block;
                      const float* from = x.floats();
                      float* to = y.floats();
                      for (std::size_t k = 0; k < outer_count; ++k) {
                        from += rest % outer[k].size * outer[k].from;
                        to += rest % outer[k].size * outer[k].to;
                        rest /= outer[k].size;
                      }
                      if (last.from == 1) {
                        copy_rows(from, across.from, across.size, last.size, to, across.to);
                      } else {
                        turn(from, last.size, last.from, to, across.size, across.to);
                      }
                    }
                  });
}

}  // namespace gradus::kernels
