#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The sum of all elements, a scalar [].  dx = dy repeated.
Value sum(Operand x);

/// The sum along `axis` (negative: from the last), which is dropped: [m, n] -> [n] for axis 0.
/// dx = dy repeated along the axis. Throws Error for an axis that x has not.
Value sum(Operand x, int axis);

/// `axis` as 0 … rank-1. Throws Error, naming the op and the place, where x has no such axis.
int checked_axis(std::string_view op, const Operand& x, int axis);

/// x's shape with 1 along `axis`, and without it.
Shape keep_axis(const Shape& x, int axis);
/// The shape without that axis.
Shape drop_axis(const Shape& x, int axis);

}  // namespace gradus
