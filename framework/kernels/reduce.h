#pragma once

#include <cstdint>

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y = factor * (x summed to y's shape), where y's shape, 1 along the summed axes, broadcasts to
/// x's; y += … where `accumulate`. Runs along the innermost axis are summed in float64. The order
/// of the sums follows from the shapes alone.
void sum_to(const View& x, const View& y, double factor, bool accumulate);

/// The sum of `count` floats in float64, in an order that follows from the count alone.
double sum_of(const float* x, std::int64_t count);

}  // namespace gradus::kernels
