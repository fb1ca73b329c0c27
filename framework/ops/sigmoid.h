#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// 1 / (1 + exp(-x)), elementwise.  dx = dy * y * (1 - y). After a matmul it is computed as part of
/// the product.
Value sigmoid(Operand x);

}  // namespace gradus
