#pragma once

#include <string_view>

#include "framework/graph/graph.h"

namespace gradus {

/// How pointwise losses reduce: mean(weights * losses) over all elements, a scalar []; sample
/// weights do not change the divisor, as Keras' `sum_over_batch_size`. Without weights, all are 1.
/// Throws Error, naming the op and the place of `x`'s call, where the weights' shape is another: a
/// loss never broadcasts.
/// @ingroup losses
Value mean_loss(std::string_view op, const Operand& x, Value losses, Value weights);

}  // namespace gradus
