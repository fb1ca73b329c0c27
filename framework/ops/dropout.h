#pragma once

#include <string_view>

#include "framework/graph/graph.h"

namespace gradus {

/// Sets elements to zero at random, each with probability `rate`, and divides the others by
/// 1 - rate, so that the mean stays (Srivastava et al., 2014; as Keras' Dropout while training).
/// What is drawn follows from `key`, int32 [3] (the seed's low and high half, and the step),
/// `purpose`, an element's row of the batch (along the first axis) and its place in the row, hence
/// not from threads or tiles.  dx = dy with the same elements set to zero.
/// Throws Error for a rate outside [0, 1), another key, and x without an axis.
Value dropout(Operand x, Value key, double rate, std::string_view purpose);

}  // namespace gradus
