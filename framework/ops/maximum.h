#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The larger of a and b, elementwise with NumPy's broadcasting; NaN where one of them is.  da = dy
/// where a is larger, dy / 2 where both are equal, else 0, and so for b, each summed back to its
/// input's shape. As torch.maximum.
Value maximum(Operand a, Operand b);

/// 1 where a is larger than b, 1/2 where they are equal, else 0, with NumPy's broadcasting: how
/// maximum's gradient is shared out. Its own gradient is 0.
Value share_of_larger(Operand a, Operand b);

}  // namespace gradus
