#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The mean over lists of sum over items i, j with labels[i] > labels[j] of
/// weights[i] * max(0, 1 - (scores[i] - scores[j])), a scalar []; scores, labels and weights (none:
/// all 1) [batch, list]. An item of weight 0 is not there, so lists are padded. Labels have no
/// gradient. As TensorFlow Ranking's PairwiseHingeLoss, summed over the pairs (Herbrich et al.,
/// 1999). Takes time and memory in proportion to the square of the list. Throws Error where the
/// shapes are others or differ.
/// @ingroup losses
Value pairwise_hinge(Operand scores, Operand labels, Value weights = {});

}  // namespace gradus
