#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// a / b, elementwise with NumPy's broadcasting.  da = dy / b and db = -dy * a / b², each summed
/// back to its input's shape. Dividing by zero gives an infinite value or NaN, as IEEE 754 has it.
Value operator/(Operand a, Operand b);

}  // namespace gradus
