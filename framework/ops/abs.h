#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// |x|, elementwise.  dx = dy * sign(x), 0 at 0. As torch.abs.
Value abs(Operand x);

}  // namespace gradus
