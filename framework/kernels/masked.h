#pragma once

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y = log(the sum of exp(x) along the last axis, which y lacks) over what `mask`, of x's shape,
/// has other than 0; 0 where that is nothing.
void masked_log_sum_exp(const View& x, const View& mask, const View& y);

/// y = exp(x) / the sum of exp(x) along the last axis over the same; 0 elsewhere.
void masked_softmax(const View& x, const View& mask, const View& y);

}  // namespace gradus::kernels
