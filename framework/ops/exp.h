#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// exp(x), elementwise.  dx = dy * y. As torch.exp.
Value exp(Operand x);

}  // namespace gradus
