#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// mean(weights * log(cosh(predictions - labels))) over all elements, a scalar []: near 0 as half
/// the square, far off as |d| - log 2, and finite for any difference; reduced as `mean_loss` says.
/// d predictions = tanh(predictions - labels) * weights / elements. As Keras' LogCosh. All shapes
/// must be equal: a loss never broadcasts.
/// @ingroup losses
Value log_cosh(Operand predictions, Operand labels, Value weights = {});

}  // namespace gradus
