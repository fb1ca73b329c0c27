#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// 1 / x, elementwise; infinite at 0.  dx = -dy * y². As torch.reciprocal.
Value reciprocal(Operand x);

}  // namespace gradus
