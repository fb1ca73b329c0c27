#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// max(x, 0), elementwise; NaN stays NaN.  dx = dy where x > 0, else 0 (0 at the kink, as in Keras
/// and PyTorch). After a matmul it is computed as part of the product.
Value relu(Operand x);

}  // namespace gradus
