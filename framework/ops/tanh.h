#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// tanh(x), elementwise.  dx = dy * (1 - y²). After a matmul it is computed as part of the product.
Value tanh(Operand x);

}  // namespace gradus
