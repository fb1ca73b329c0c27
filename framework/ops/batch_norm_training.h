#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// (x - mean) / sqrt(variance + epsilon) * scale + shift, with the mean and the (biased) variance
/// of each column over the batch: x [batch, n], scale [n], shift [n] -> [batch, n]. As
/// torch.nn.functional.batch_norm (training=True), with Keras' default epsilon. Throws Error unless
/// x has two axes and the others n elements, and unless epsilon > 0.
Value batch_norm_training(Operand x, Value scale, Value shift, double epsilon = 1e-3);

}  // namespace gradus
