#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x with `before` and `after` more elements along `axis` (negative: from the last), all `value`;
/// the axis must not grow with the batch.  dx = dy without them. As torch.nn.functional.pad. Throws
/// Error for an axis that x has not, and for negative sizes.
Value pad(Operand x, int axis, std::int64_t before, std::int64_t after, double value = 0.0);

}  // namespace gradus
