#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x where it is positive, else negative_slope * x, elementwise.  dx = dy or negative_slope * dy
/// (that at 0, too). As torch.nn.functional.leaky_relu, whose default slope is 0.01. Throws Error
/// for a slope that is not finite.
Value leaky_relu(Operand x, double negative_slope = 0.01);

}  // namespace gradus
