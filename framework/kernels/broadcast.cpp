#include "framework/kernels/broadcast.h"

namespace gradus::kernels {
namespace {

using Strides = std::array<std::int64_t, kMaximumRank>;

/// Strides of `operand` along the axes of `space`, 0 where it repeats.
Strides strides_in(const Extents& space, const Extents& operand) {
  Strides strides{};
  std::int64_t stride = 1;
  for (int axis = operand.rank() - 1; axis >= 0; --axis) {
    const int at = axis + space.rank() - operand.rank();
    strides[static_cast<std::size_t>(at)] = operand[axis] == 1 ? 0 : stride;
    stride *= operand[axis];
  }
  return strides;
}

}  // namespace

BroadcastWalk::BroadcastWalk(const Extents& space, const Extents& a, const Extents& b) {
  const std::array<Strides, kOperands> dense{strides_in(space, a), strides_in(space, b)};
  rank = 0;
  for (int axis = 0; axis < space.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    if (space[axis] == 1) continue;
    const auto last = static_cast<std::size_t>(rank - 1);
    bool merge = rank > 0;
    for (std::size_t o = 0; merge && o < kOperands; ++o) {
      merge = strides[o][last] == dense[o][at] * space[axis];
    }
    const std::size_t to = merge ? last : static_cast<std::size_t>(rank++);
    sizes[to] = merge ? sizes[to] * space[axis] : space[axis];
    for (std::size_t o = 0; o < kOperands; ++o) strides[o][to] = dense[o][at];
  }
  if (rank == 0) {
    rank = 1;
    sizes[0] = 1;
  }
}

std::int64_t BroadcastWalk::runs() const {
  std::int64_t product = 1;
  for (int axis = 0; axis + 1 < rank; ++axis) product *= sizes[static_cast<std::size_t>(axis)];
  return product;
}

std::int64_t BroadcastWalk::offset(int operand, std::int64_t index) const {
  std::int64_t offset = 0;
  for (int axis = rank - 2; axis >= 0; --axis) {
    const auto at = static_cast<std::size_t>(axis);
    offset += index % sizes[at] * strides[static_cast<std::size_t>(operand)][at];
    index /= sizes[at];
  }
  return offset;
}

}  // namespace gradus::kernels
