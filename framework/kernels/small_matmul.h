#pragma once

#include "framework/kernels/matmul.h"

namespace gradus::kernels {

/// The product of Matmul::run by vectorised loops, for sizes at which oneDNN's own cost outweighs
/// the work: few rows, one column, little to do; and for operands that stay in a core's cache.
void small_matmul(const MatmulSizes& sizes, Activation activation, const float* a, const float* b,
                  const float* bias, const float* gate, float* y, bool accumulate);

/// y[i] = y[i] where gate[i] > 0, else 0.
void apply_gate(const float* gate, float* y, std::int64_t count);

/// y[i] = activation(y[i]).
void activate(Activation activation, float* y, std::int64_t count);

}  // namespace gradus::kernels
