#pragma once

namespace gradus::bench {

/// FLOP/s of square products, as many at once as there are workers; the best of several sizes and
/// repetitions: what a kernel can be held against. Measured once for each number of workers.
double best_matmul_rate();

}  // namespace gradus::bench
