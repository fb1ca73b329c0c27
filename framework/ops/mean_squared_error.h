#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// mean(weights * (predictions - labels)²) over all elements, a scalar []; as Keras'
/// MeanSquaredError, whose sample weights do not change the divisor. All shapes must be equal: a
/// loss never broadcasts. Without weights, all are 1.
/// @ingroup losses
Value mean_squared_error(Operand predictions, Operand labels, Value weights = {});

}  // namespace gradus
