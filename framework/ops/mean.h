#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The mean of all elements, a scalar []; of an empty batch NaN.  dx = dy / elements, repeated.
/// Throws Error for a shape without elements, as those below do.
Value mean(Operand x);

/// The mean along `axis` (negative: from the last), which is dropped.  dx = dy / length, repeated.
/// Throws Error for an axis that x has not.
Value mean(Operand x, int axis);

/// x averaged to a smaller shape that broadcasts to x's, as `sum_to` sums.  dx = dy / the number of
/// elements that meet in one, repeated. Throws Error for a shape that does not broadcast to x's.
Value mean_to(Operand x, const Shape& shape);

}  // namespace gradus
