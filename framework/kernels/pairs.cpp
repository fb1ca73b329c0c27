#include "framework/kernels/pairs.h"

#include <algorithm>

#include "framework/kernels/clones.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/parallel.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

/// One example's products, for blocks of vectors j at a time: they are turned so that a lane holds
/// one of them, and a vector i is multiplied with all at once.
GRADUS_CLONES
void dots(const float* z, float* y, std::int64_t vectors, std::int64_t dimension) {
  for (std::int64_t first = 0; first + 1 < vectors; first += kLanes) {
    const std::int64_t lanes = std::min(kLanes, vectors - 1 - first);
    for (std::int64_t begin = 0; begin == 0 || begin < dimension; begin += kLanes) {
      const std::int64_t depth = std::min(kLanes, dimension - begin);
      float turned[kLanes * kLanes] = {};
      for (std::int64_t j = 0; j < lanes; ++j) {
        const float* zj = z + (first + j) * dimension + begin;
        for (std::int64_t d = 0; d < depth; ++d) turned[d * kLanes + j] = zj[d];
      }
      for (std::int64_t i = first + 1; i < vectors; ++i) {
        const float* zi = z + i * dimension + begin;
        Vector sum{};
        for (std::int64_t d = 0; d < depth; ++d) sum += zi[d] * load(turned + d * kLanes);
        float sums[kLanes];
        store(sums, sum);
        float* out = y + i * (i - 1) / 2 + first;
        const std::int64_t below = std::min(kLanes, i - first);
        if (begin == 0) {
          for (std::int64_t j = 0; j < below; ++j) out[j] = sums[j];
        } else {
          for (std::int64_t j = 0; j < below; ++j) out[j] += sums[j];
        }
      }
    }
  }
}

/// One example's weighted sums: a block of columns of vector i's stays in a register.
GRADUS_CLONES
void mix(const float* s, const float* z, float* y, std::int64_t vectors, std::int64_t dimension) {
  for (std::int64_t i = 0; i < vectors; ++i) {
    const float* before = s + i * (i - 1) / 2;     // the weights of j < i, side by side
    const float* after = s + i * (i + 1) / 2 + i;  // that of j = i + 1; the next is j further
    std::int64_t c = 0;
    for (; c + kLanes <= dimension; c += kLanes) {
      Vector sum{};
      for (std::int64_t j = 0; j < i; ++j) sum += before[j] * load(z + j * dimension + c);
      const float* weight = after;
      for (std::int64_t j = i + 1; j < vectors; weight += j, ++j) {
        sum += *weight * load(z + j * dimension + c);
      }
      store(y + i * dimension + c, sum);
    }
    for (; c < dimension; ++c) {
      float sum = 0;
      for (std::int64_t j = 0; j < i; ++j) sum += before[j] * z[j * dimension + c];
      const float* weight = after;
      for (std::int64_t j = i + 1; j < vectors; weight += j, ++j) {
        sum += *weight * z[j * dimension + c];
      }
      y[i * dimension + c] = sum;
    }
  }
}

/// Calls body(row) for all rows of y, in blocks of some kBlock products. What holds no elements may
/// bear another number of rows.
template <class Body>
void for_rows(const View& y, const Extents& z, Body&& body) {
  if (y.elements() == 0) return;
  const std::int64_t work = std::max<std::int64_t>(1, z[1] * z[1] * z[2]);
  parallel_blocks(y.extents[0], std::max<std::int64_t>(1, kBlock / work),
                  [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t row = begin; row < end; ++row) body(row);
                  });
}

}  // namespace

void pair_dots(const View& z, const View& y) {
  const std::int64_t vectors = z.extents[1];
  const std::int64_t dimension = z.extents[2];
  for_rows(y, z.extents, [&](std::int64_t row) {
    dots(z.floats() + row * vectors * dimension, y.floats() + row * y.extents[1], vectors,
         dimension);
  });
}

void mix_pairs(const View& s, const View& z, const View& y) {
  const std::int64_t vectors = z.extents[1];
  const std::int64_t dimension = z.extents[2];
  for_rows(y, z.extents, [&](std::int64_t row) {
    mix(s.floats() + row * s.extents[1], z.floats() + row * vectors * dimension,
        y.floats() + row * vectors * dimension, vectors, dimension);
  });
}

}  // namespace gradus::kernels
