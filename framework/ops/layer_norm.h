#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// (x - mean) / sqrt(variance + epsilon) * scale + shift, with the mean and the (biased) variance
/// of each row along the last axis: x [.., n], scale [n], shift [n] -> [.., n]. As
/// torch.nn.functional.layer_norm; Keras' LayerNormalization has an epsilon of 1e-3. Throws Error
/// for a scalar, for a scale or shift of another shape, and unless epsilon > 0.
Value layer_norm(Operand x, Value scale, Value shift, double epsilon = 1e-5);

}  // namespace gradus
