#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The smaller of a and b, elementwise with NumPy's broadcasting; NaN where one of them is.  da =
/// dy where a is smaller, dy / 2 where both are equal, else 0, and so for b, each summed back to
/// its input's shape. As torch.minimum.
Value minimum(Operand a, Operand b);

}  // namespace gradus
