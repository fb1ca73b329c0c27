#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// mean(weights * |predictions - labels|) over all elements, a scalar []; reduced as `mean_loss`
/// says. d predictions = sign(predictions - labels) * weights / elements, 0 where they are equal,
/// as in PyTorch and Keras. All shapes must be equal: a loss never broadcasts.
/// @ingroup losses
Value mean_absolute_error(Operand predictions, Operand labels, Value weights = {});

}  // namespace gradus
