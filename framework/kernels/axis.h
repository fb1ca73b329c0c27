#pragma once

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// A tensor as [outer, length, inner], around one of its axes.
struct AroundAxis {
  /// Of the axis of a tensor of these extents.
  AroundAxis(const Extents& extents, int axis);

  std::int64_t outer = 1;  ///< elements before the axis, multiplied
  std::int64_t length;     ///< of the axis
  std::int64_t inner = 1;  ///< elements behind the axis, multiplied
};

/// y = the largest element along an axis of x, -infinity where there are none, NaN where one is
/// NaN; y has 1 there.
void max_along(const View& x, int axis, const View& y);

/// y = 1 / n where x is one of the n elements along the axis that equal the largest, else 0.
void share_of_max(const View& x, int axis, const View& y);

/// y = log(the sum of exp(x) along the axis), -infinity where there are no elements; y has 1 there.
void log_sum_exp(const View& x, int axis, const View& y);

/// y = exp(x) / the sum of exp(x) along the axis.
void softmax(const View& x, int axis, const View& y);

/// y = x - log(the sum of exp(x) along the axis).
void log_softmax(const View& x, int axis, const View& y);

}  // namespace gradus::kernels
