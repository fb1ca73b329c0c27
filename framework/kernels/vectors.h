#pragma once

#include <cstdint>

// Vectors are passed between inlined functions only.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace gradus::kernels {

/// Sixteen floats that are computed together, in as many registers as the processor takes for them.
using Vector = float __attribute__((vector_size(64), aligned(4), may_alias));
inline constexpr std::int64_t kLanes = 16;

/// A vector from and to any address.
[[gnu::always_inline]] inline Vector load(const float* p) {
  return *reinterpret_cast<const Vector*>(p);
}
[[gnu::always_inline]] inline void store(float* p, Vector v) { *reinterpret_cast<Vector*>(p) = v; }

}  // namespace gradus::kernels
