#pragma once

#include <cstddef>
#include <cstdint>

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y = factor * (x summed to y's shape), where y's shape, 1 along the summed axes, broadcasts to
/// x's; y += … where `accumulate`. Runs along the innermost axis are summed in float64. The order
/// of the sums follows from the shapes alone.
void sum_to(const View& x, const View& y, double factor, bool accumulate);

/// The sum of `count` floats in float64, in an order that follows from the count alone.
double sum_of(const float* x, std::int64_t count);

/// y = the sum of `count` partial sums, in order: the first at `lanes`, each `stride` floats after
/// the one before.
void sum_lanes(const float* lanes, std::size_t stride, std::int64_t count, const View& y);

}  // namespace gradus::kernels
