#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// log(sum over j of exp(x[.., j])) along the last axis, which is dropped, over those j where
/// `mask` (of x's shape; none: all) is not 0; 0 where that is nowhere. Never overflows. dx = dy *
/// softmax(x) over the same j. Throws Error where x has no axis, the last is that of the batch, or
/// the mask's shape is another.
Value masked_log_sum_exp(Operand x, Value mask = {});

}  // namespace gradus
