#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x from `begin` up to but without `end` along `axis` (negative: from the last), which must not
/// grow with the batch.  dx = dy with zeros around. Throws Error for a range beyond the axis.
Value slice(Operand x, int axis, std::int64_t begin, std::int64_t end);

/// Row `index` of x [rows, n], as [n]. Throws Error as `slice` does.
Value row_of(Operand x, std::int64_t index);

}  // namespace gradus
