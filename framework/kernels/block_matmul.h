#pragma once

#include "framework/kernels/matmul.h"

namespace gradus::kernels {

/// Whether block_matmul computes products of these sizes, as fast as oneDNN or faster: with
/// AVX-512, b not transposed, a multiple of 32 columns, and what is read or written again and again
/// small enough for a core's cache.
bool in_blocks(const MatmulSizes& sizes);

/// The product of Matmul::run straight from a and b, in blocks of y that stay in registers.
/// Negative results become 0 if `positive`; without bias and gate where these are null.
void block_matmul(const MatmulSizes& sizes, bool positive, const float* a, const float* b,
                  const float* bias, const float* gate, float* y, bool accumulate);

}  // namespace gradus::kernels
