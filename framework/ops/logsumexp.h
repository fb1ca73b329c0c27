#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// log(the sum of exp(x)) along `axis` (negative: from the last), which is dropped; computed from x
/// less its largest element; -infinity where there are no elements.  dx = dy * softmax(x). As
/// torch.logsumexp. Throws Error for an axis that x has not.
Value logsumexp(Operand x, int axis);

}  // namespace gradus
