#pragma once

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y[.., i, ..] = x[.., 0, ..] + … + x[.., i, ..] along the axis, in float64; from the last element
/// on where `reverse`.
void cumulative_sum(const View& x, int axis, bool reverse, const View& y);

}  // namespace gradus::kernels
