#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// min(max(x, minimum), maximum), elementwise; NaN stays NaN.  dx = dy where x is from minimum to
/// maximum, both included, else 0. As torch.clamp. Throws Error unless minimum <= maximum.
Value clip(Operand x, double minimum, double maximum);

}  // namespace gradus
