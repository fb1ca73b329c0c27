#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// A product for each leading index: a [.., m, k] · b [.., k, n] -> [.., m, n], whose leading axes
/// are the same; a flag takes that input's last two axes transposed.  da = dy · bᵀ and db = aᵀ ·
/// dy. As torch.bmm. Throws Error for fewer than three axes, other leading axes, or inner sizes
/// that differ.
Value batched_matmul(Operand a, Operand b, bool transpose_a = false, bool transpose_b = false);

}  // namespace gradus
