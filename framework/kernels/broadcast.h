#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "framework/core/shape.h"

namespace gradus::kernels {

/// How operands of different shapes walk side by side: NumPy's broadcasting with axes merged where
/// all operands allow it. Axis `rank - 1` is the innermost; a stride of 0 repeats an operand.
struct BroadcastWalk {
  static constexpr int kOperands = 2;  ///< that are walked side by side

  /// `space` is walked; each operand's shape must broadcast to it.
  BroadcastWalk(const Extents& space, const Extents& a, const Extents& b);

  /// The innermost axis: its length and strides.
  std::int64_t inner() const { return sizes[static_cast<std::size_t>(rank - 1)]; }
  /// From one element of the inner axis to the next: 0 or 1.
  std::int64_t inner_stride(int operand) const {
    return strides[static_cast<std::size_t>(operand)][static_cast<std::size_t>(rank - 1)];
  }
  /// The number of innermost runs, and the offset of an operand at run `index`.
  std::int64_t runs() const;
  /// Of the first element of a run.
  std::int64_t offset(int operand, std::int64_t index) const;

  int rank = 1;                                     ///< axes after neighbours were joined
  std::array<std::int64_t, kMaximumRank> sizes{1};  ///< by axis
  /// By operand and axis: 0 where it is repeated.
  std::array<std::array<std::int64_t, kMaximumRank>, kOperands> strides{};
};

}  // namespace gradus::kernels
