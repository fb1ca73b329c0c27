#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The sum over pairs i < j of x_i · x_j, as (|sum of x_i|² - sum of |x_i|²) / 2: vectors [batch,
/// fields, dimension] -> [batch, 1]. As the second-order term of Rendle (2010). Throws Error for
/// another rank.
Value factorization_machine(Operand x);

}  // namespace gradus
