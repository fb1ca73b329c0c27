#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// a [m, k] · b [k, n] -> [m, n]; a flag takes that input transposed.  da = dy · bᵀ and
/// db = aᵀ · dy. Throws Error where the inner sizes differ. A bias row and an activation that
/// follow are computed as part of the product.
Value matmul(Operand a, Operand b, bool transpose_a = false, bool transpose_b = false);

}  // namespace gradus
