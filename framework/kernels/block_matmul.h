#pragma once

#include "framework/kernels/matmul.h"

namespace gradus::kernels {

/// Whether block_matmul computes products of these sizes: with AVX-512, b not transposed, and a
/// multiple of 32 columns.
bool in_blocks(const MatmulSizes& sizes);

/// The product of Matmul::run straight from a and b, in blocks of y that stay in registers: as fast
/// as the processor is, as long as both are in its cache. Negative results become 0 if `positive`;
/// without bias and gate where these are null.
void block_matmul(const MatmulSizes& sizes, bool positive, const float* a, const float* b,
                  const float* bias, const float* gate, float* y, bool accumulate);

}  // namespace gradus::kernels
