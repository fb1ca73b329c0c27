#pragma once

#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// x with its axes in another order: axis k of the result is axis permutation[k] of x (negative:
/// from the last).  dx = dy in the order before. As torch.permute. Throws Error unless each axis is
/// named once.
Value transpose(Operand x, const std::vector<int>& permutation);

}  // namespace gradus
