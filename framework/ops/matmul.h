#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// a [m, k] · b [k, n] -> [m, n]; a flag takes that input transposed.  da = dy · bᵀ and
/// db = aᵀ · dy. Throws Error where the inner sizes differ. A bias row and an activation that
/// follow are computed as part of the product. Where `a` is rows looked up in tables (a
/// concatenation of them, too) and the graph expects a batch at least twice as tall as a table,
/// that table is multiplied instead, and its products are looked up and added: the same sums in
/// another order.
Value matmul(Operand a, Operand b, bool transpose_a = false, bool transpose_b = false);

}  // namespace gradus
