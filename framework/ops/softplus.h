#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// log(1 + exp(x)), elementwise, computed as max(x, 0) + log(1 + exp(-|x|)), which never overflows.
/// dx = dy * sigmoid(x). As torch.nn.functional.softplus.
Value softplus(Operand x);

}  // namespace gradus
