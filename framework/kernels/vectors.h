#pragma once

#include <cstdint>
#include <type_traits>

// Vectors are passed between inlined functions only.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace gradus::kernels {

/// Eight floats: one register of AVX2. The compiler keeps wider vectors in memory where the
/// processor has no register for them.
using Eight = float __attribute__((vector_size(32), aligned(4), may_alias));

/// Sixteen floats that are computed together.
struct Vector {
  Eight low = {};   ///< the first eight
  Eight high = {};  ///< the others
};
/// Numbers in a Vector.
inline constexpr std::int64_t kLanes = 16;

/// The same in one register of AVX-512.
using Sixteen = float __attribute__((vector_size(64), aligned(4), may_alias));

/// By element.
[[gnu::always_inline]] inline Vector operator*(Vector a, Vector b) {
  return {a.low * b.low, a.high * b.high};
}
/// By element.
[[gnu::always_inline]] inline Vector operator*(float a, Vector b) {
  return {a * b.low, a * b.high};
}
/// By element.
[[gnu::always_inline]] inline Vector operator+(Vector a, Vector b) {
  return {a.low + b.low, a.high + b.high};
}
/// By element.
[[gnu::always_inline]] inline Vector& operator+=(Vector& a, Vector b) {
  a.low += b.low;
  a.high += b.high;
  return a;
}

/// The eight numbers made one: halves, then neighbouring pairs, then neighbours.
template <class F>
[[gnu::always_inline]] inline float fold(Eight v, F f) {
  v = f(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
  v = f(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5));
  v = f(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6));
  return v[0];
}

/// Zero where a number is negative; NaN stays NaN.
[[gnu::always_inline]] inline Vector relu(Vector v) {
  return {v.low < 0 ? Eight{} : v.low, v.high < 0 ? Eight{} : v.high};
}

/// The same.
[[gnu::always_inline]] inline Sixteen relu(Sixteen v) { return v < 0 ? Sixteen{} : v; }

/// A vector from and to any address.
template <class V = Vector>
[[gnu::always_inline]] inline V load(const float* p) {
  if constexpr (std::is_same_v<V, Vector>) {
    const auto* halves = reinterpret_cast<const Eight*>(p);
    return {halves[0], halves[1]};
  } else {
    return *reinterpret_cast<const V*>(p);
  }
}
/// Writes all numbers from `p` on.
[[gnu::always_inline]] inline void store(float* p, Vector v) {
  auto* halves = reinterpret_cast<Eight*>(p);
  halves[0] = v.low;
  halves[1] = v.high;
}
/// The same.
[[gnu::always_inline]] inline void store(float* p, Eight v) { *reinterpret_cast<Eight*>(p) = v; }
/// The same.
[[gnu::always_inline]] inline void store(float* p, Sixteen v) {
  *reinterpret_cast<Sixteen*>(p) = v;
}

}  // namespace gradus::kernels
