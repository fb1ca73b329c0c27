#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// -x, elementwise.  dx = -dy. As torch.neg.
Value operator-(Operand x);

}  // namespace gradus
