#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// factor * x + offset, with constants.  dx = factor * dy.
Value scale(Operand x, double factor, double offset = 0.0);

}  // namespace gradus
