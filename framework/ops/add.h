#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// a + b, elementwise with NumPy's broadcasting.  da = db = dy, summed back to the input's shape.
/// After a matmul, a row b [n] is added as part of the product.
Value operator+(Operand a, Operand b);

}  // namespace gradus
