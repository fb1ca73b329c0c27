#pragma once

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
  const std::int64_t grain = inner < kBlock ? kBlock / inner : 1;
  parallel_blocks(walk.runs(), grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t run = begin; run < end; ++run) {
      detail::binary_run(a.floats() + walk.offset(0, run), a_moves,
                         b.floats() + walk.offset(1, run), b_moves, y.floats() + run * inner, inner,
                         f);
    }
  });
}

}  // namespace gradus::kernels
