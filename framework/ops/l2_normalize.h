#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x / sqrt(max(the sum of x² along `axis`, epsilon)): vectors of length 1 along the axis
/// (negative: from the last). As TensorFlow's l2_normalize. Throws Error for an axis that x has
/// not, and unless epsilon > 0.
Value l2_normalize(Operand x, int axis, double epsilon = 1e-12);

}  // namespace gradus
