#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// (x - mean) / sqrt(variance + epsilon) with the mean and the (biased) variance along an axis
/// (from the last one, if negative): what normalisations have in common. Throws Error where there
/// is no such axis.
Value standardize(Operand x, int axis, double epsilon);

}  // namespace gradus
