#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x where it is positive, else alpha * (exp(x) - 1), elementwise.  dx = dy or dy * alpha * exp(x)
/// (that at 0, too). As torch.nn.functional.elu and Keras' elu, whose default alpha is 1. Throws
/// Error for an alpha that is not finite.
Value elu(Operand x, double alpha = 1.0);

}  // namespace gradus
