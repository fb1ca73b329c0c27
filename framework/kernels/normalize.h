#pragma once

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y = (x - mean) / sqrt(variance + epsilon), with mean and (biased) variance along an axis of x.
void standardize(const View& x, int axis, double epsilon, const View& y);

/// dx = (dy - mean(dy) - y * mean(dy * y)) / sqrt(variance + epsilon), with y as `standardize`
/// makes it of x, and the means along the axis.
void standardize_gradient(const View& dy, const View& x, int axis, double epsilon, const View& dx);

}  // namespace gradus::kernels
