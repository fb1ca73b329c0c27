#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x - log(the sum of exp(x)) along `axis` (negative: from the last), computed from x less its
/// largest element.  dx = dy - exp(y) * the sum of dy along the axis. As torch.log_softmax. Throws
/// Error for an axis that x has not.
Value log_softmax(Operand x, int axis);

}  // namespace gradus
