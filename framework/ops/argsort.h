#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The places of x's elements along `axis` (negative: from the last) in ascending order, as ids
/// (int32) that `gather` takes; descending where asked for. Equal elements keep their order, NaN
/// comes last. As torch.argsort(stable=True). Has no gradient of its own: what is gathered by it
/// has one. Throws Error for an axis that x has not.
Value argsort(Operand x, int axis, bool descending = false);

/// The places of the k largest elements along `axis` (negative: from the last), the largest first,
/// as ids (int32) that `gather` takes; of equal ones the first come first, NaN comes last. As the
/// indices of TensorFlow's top_k. Has no gradient of its own. Throws Error for an axis that x has
/// not or that grows with the batch, and unless k is from 0 to its size.
Value top_k(Operand x, std::int64_t k, int axis);

}  // namespace gradus
