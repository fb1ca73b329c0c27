#pragma once

#include <algorithm>
#include <cstdint>

#include "framework/core/tensor.h"
#include "framework/kernels/broadcast.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"

namespace gradus::kernels {

/// Elements that one worker takes at a time.
inline constexpr std::int64_t kBlock = std::int64_t{32} * 1024;

// Flattened: f becomes part of every clone's loops, however long it is.
namespace detail {

template <class F>
[[gnu::flatten]] GRADUS_CLONES void unary_run(const float* x, float* y, std::int64_t n, F f) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = f(x[i]);
}

template <class F>
[[gnu::flatten]] GRADUS_CLONES void binary_run(const float* a, bool a_moves, const float* b,
                                               bool b_moves, float* y, std::int64_t n, F f) {
  if (a_moves && b_moves) {
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i], b[i]);
  } else if (a_moves) {
    const float right = *b;
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i], right);
  } else if (b_moves) {
    const float left = *a;
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(left, b[i]);
  } else {
    const float both = f(*a, *b);
    for (std::int64_t i = 0; i < n; ++i) y[i] = both;
  }
}

/// An operand of rows: how far apart they are (0: one for all), and whether each holds elements, or
/// one number for all of them.
struct Rows {
  const float* begin;  ///< the first
  std::int64_t step;   ///< in floats
  bool moves;          ///< whether each holds elements
};

template <class F>
[[gnu::flatten]] GRADUS_CLONES void binary_rows(Rows a_rows, Rows b_rows, float* y,
                                                std::int64_t rows, std::int64_t inner, F f) {
  const float* a = a_rows.begin;
  const float* b = b_rows.begin;
  for (std::int64_t row = 0; row < rows; ++row, a += a_rows.step, b += b_rows.step, y += inner) {
    if (a_rows.moves && b_rows.moves) {
      for (std::int64_t i = 0; i < inner; ++i) y[i] = f(a[i], b[i]);
    } else if (a_rows.moves) {
      const float right = *b;
      for (std::int64_t i = 0; i < inner; ++i) y[i] = f(a[i], right);
    } else {
      const float left = *a;
      for (std::int64_t i = 0; i < inner; ++i) y[i] = f(left, b_rows.moves ? b[i] : *b);
    }
  }
}

}  // namespace detail

/// y[i] = f(x[i]); the shapes hold equally many elements.
template <class F>
void unary(const View& x, const View& y, F f) {
  parallel_blocks(y.elements(), kBlock, [&](std::int64_t begin, std::int64_t end) {
    detail::unary_run(x.floats() + begin, y.floats() + begin, end - begin, f);
  });
}

/// y = f(a, b) with NumPy's broadcasting; y has the broadcast shape.
template <class F>
void binary(const View& a, const View& b, const View& y, F f) {
  if (y.elements() == 0) return;
  const BroadcastWalk walk(y.extents, a.extents, b.extents);
  const bool a_moves = walk.inner_stride(0) != 0;
  const bool b_moves = walk.inner_stride(1) != 0;
  const std::int64_t inner = walk.inner();
  if (walk.rank == 1) {
    parallel_blocks(inner, kBlock, [&](std::int64_t begin, std::int64_t end) {
      detail::binary_run(a.floats() + (a_moves ? begin : 0), a_moves,
                         b.floats() + (b_moves ? begin : 0), b_moves, y.floats() + begin,
                         end - begin, f);
    });
    return;
  }
  // Runs along the last axis but one follow each other at equal steps.
  const auto middle = static_cast<std::size_t>(walk.rank - 2);
  const auto from = [&](const View& view, int operand, std::int64_t run) {
    return detail::Rows{view.floats() + walk.offset(operand, run),
                        walk.strides[static_cast<std::size_t>(operand)][middle],
                        walk.inner_stride(operand) != 0};
  };
  const std::int64_t grain = std::max<std::int64_t>(1, kBlock / inner);
  parallel_blocks(walk.runs(), grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t run = begin; run < end;) {
      const std::int64_t rest = walk.sizes[middle] - run % walk.sizes[middle];
      const std::int64_t rows = std::min(end - run, rest);
      detail::binary_rows(from(a, 0, run), from(b, 1, run), y.floats() + run * inner, rows, inner,
                          f);
      run += rows;
    }
  });
}

}  // namespace gradus::kernels
