#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// a where `condition` is not 0, else b, elementwise; all three with NumPy's broadcasting. What is
/// not chosen reaches neither y nor a gradient, NaN included.  da = dy where the condition holds,
/// else 0, and b's the other way round, each summed back to its input's shape; the condition has no
/// gradient. As torch.where.
Value where(Operand condition, Operand a, Operand b);

}  // namespace gradus
