#pragma once

#include "framework/kernels/matmul.h"

namespace gradus::kernels {

/// The product of Matmul::run by plain vectorised loops, for sizes at which oneDNN's own cost
/// outweighs the work: few rows, one column, little to do.
void small_matmul(const MatmulSizes& sizes, Activation activation, const float* a, const float* b,
                  const float* bias, float* y, bool accumulate);

/// y[i] = activation(y[i]).
void activate(Activation activation, float* y, std::int64_t count);

}  // namespace gradus::kernels
