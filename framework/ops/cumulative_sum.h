#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The sums of x from the first element along `axis` (negative: from the last) up to and with each
/// one; from the last one on where `reverse`.  dx = the cumulative sum of dy in the other
/// direction. Added up in float64. As torch.cumsum. Throws Error for an axis that x has not.
Value cumulative_sum(Operand x, int axis, bool reverse = false);

}  // namespace gradus
