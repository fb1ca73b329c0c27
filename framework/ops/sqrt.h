#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The square root, elementwise; NaN below 0.  dx = dy / (2 * y), infinite at 0. As torch.sqrt.
Value sqrt(Operand x);

}  // namespace gradus
