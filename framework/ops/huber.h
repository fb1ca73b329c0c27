#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// mean(weights * h(predictions - labels)) over all elements, a scalar []; h(d) = d² / 2 where
/// |d| <= delta, and beyond delta * (|d| - delta / 2); reduced as `mean_loss` says.
/// d predictions = d kept from -delta to delta, * weights / elements. As Keras' and PyTorch's Huber
/// (Huber, 1964). All shapes must be equal: a loss never broadcasts. Throws Error for a delta that
/// is not above 0.
/// @ingroup losses
Value huber(Operand predictions, Operand labels, Value weights = {}, double delta = 1.0);

}  // namespace gradus
