#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// a * b, elementwise with NumPy's broadcasting.  da = dy * b and db = dy * a, each summed back to
/// its input's shape.
Value operator*(Operand a, Operand b);

}  // namespace gradus
