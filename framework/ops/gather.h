#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// y[i, j] = x[i, ids[i, j]] along `axis` (negative: from the last), and so for other ranks: `ids`
/// (int32) has x's shape but along the axis, which must not grow with the batch.  dx = dy added at
/// its places. As torch.gather. Throws Error for an axis that x has not and for shapes that do not
/// fit; running it throws Error for an id beyond the axis. Rows of a table are looked up by
/// `embedding`.
Value gather(Operand x, Operand ids, int axis);

/// y[i, ids[i, j]] += x[i, j], from zeros on, along `axis` (negative: from the last), which has
/// `size` elements in y: what gather's gradient is; repeated ids add up in their order.  dx = dy
/// gathered. As torch.scatter_add into zeros. Throws Error unless ids have x's shape, and for a
/// negative size; running it throws Error for an id beyond the axis.
Value scatter_add(Operand x, Operand ids, int axis, std::int64_t size);

}  // namespace gradus
