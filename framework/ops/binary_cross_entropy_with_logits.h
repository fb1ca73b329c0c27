#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// mean(weights * (max(x, 0) - x * t + log(1 + exp(-|x|)))) over logits x and labels t from 0 to 1,
/// a scalar []: the stable form of cross-entropy, as Keras' BinaryCrossentropy(from_logits=True).
/// dx = (sigmoid(x) - t) * weights / elements. All shapes must be equal. Without weights, all
/// are 1.
/// @ingroup losses
Value binary_cross_entropy_with_logits(Operand logits, Operand labels, Value weights = {});

}  // namespace gradus
