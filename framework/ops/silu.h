#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x * sigmoid(x), elementwise.  dx = dy * s * (1 + x * (1 - s)) with s = sigmoid(x). As
/// torch.nn.functional.silu and Keras' swish.
Value silu(Operand x);

}  // namespace gradus
