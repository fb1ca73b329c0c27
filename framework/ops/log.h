#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The natural logarithm, elementwise: -infinity at 0, NaN below.  dx = dy / x. As torch.log.
Value log(Operand x);

}  // namespace gradus
