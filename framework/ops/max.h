#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The largest element along `axis` (negative: from the last), which is dropped; NaN where one is
/// NaN, -infinity for an empty batch.  dx = dy shared equally by the elements that are the largest,
/// else 0. As torch.amax and TensorFlow's reduce_max. Throws Error for an axis that x has not, or
/// of size 0: nothing has no largest element.
Value max(Operand x, int axis);

}  // namespace gradus
