#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// mean(weights * max(0, 1 - (2 * labels - 1) * scores)) over all elements, a scalar []: labels of
/// 0 and 1 are taken as -1 and 1, as by Keras' Hinge; reduced as `mean_loss` says.
/// d scores = -(2 * labels - 1) * weights / elements where the margin is not kept, else 0. All
/// shapes must be equal: a loss never broadcasts.
/// @ingroup losses
Value hinge(Operand scores, Operand labels, Value weights = {});

}  // namespace gradus
