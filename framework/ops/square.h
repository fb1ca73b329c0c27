#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x², elementwise.  dx = 2 * x * dy.
Value square(Operand x);

}  // namespace gradus
