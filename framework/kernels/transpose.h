#pragma once

#include <array>

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y = x with its axes in another order: y's axis k is x's axis order[k].
void transpose(const View& x, const std::array<int, kMaximumRank>& order, const View& y);

}  // namespace gradus::kernels
