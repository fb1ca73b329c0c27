#pragma once

#include "framework/kernels/matmul.h"

namespace gradus::kernels {

/// What the machine can do with all workers at work, to hold kernels against. Each is the best of
/// several sizes and repetitions, measured once for each number of workers, in some 0.3 s.

/// FLOP/s of square products in that mode, as many at once as there are workers.
double best_matmul_rate(MathMode mode = MathMode::float32);

/// Bytes/s, read and written, of copies from one buffer to another, as many at once as there are
/// workers. The best size fits a cache; what comes from memory is slower.
double best_copy_rate();

}  // namespace gradus::kernels
