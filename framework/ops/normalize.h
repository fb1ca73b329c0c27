#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// (x - mean) / sqrt(variance + epsilon) * scale + shift: x [batch, n], all others [n] -> [batch,
/// n]. As torch.nn.functional.batch_norm (training=False), with Keras' default epsilon. Throws
/// Error unless x has two axes and the others n elements, and unless epsilon > 0.
Value normalize(Operand x, Value mean, Value variance, Value scale, Value shift,
                double epsilon = 1e-3);

}  // namespace gradus
