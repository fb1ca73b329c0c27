#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// exp(x) / the sum of exp(x) along `axis` (negative: from the last), computed from x less its
/// largest element.  dx = y * (dy - the sum of dy * y along the axis). As torch.softmax. Throws
/// Error for an axis that x has not.
Value softmax(Operand x, int axis);

}  // namespace gradus
