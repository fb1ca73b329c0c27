#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// Minus the mean over lists of sum over items i of weights[i] * gain[i] / log2(1 + rank[i]), a
/// scalar [], -1 at best for weights of 1; gain[i] = (2^labels[i] - 1) / that sum for the best
/// order, 0 in a list without a label above 0; rank[i] = 1 + sum over other items j of
/// sigmoid((scores[j] - scores[i]) / temperature). scores, labels and weights (none: all 1)
/// [batch, list]. An item of weight 0 is not there, so lists are padded. Labels have no gradient.
/// ApproxNDCG (Qin, Liu and Li, 2010), as TensorFlow Ranking's, whose temperature is 0.1, too.
/// Takes time and memory in proportion to the square of the list. Throws Error where the shapes are
/// others or differ, or the temperature is not above 0.
/// @ingroup losses
Value approximate_ndcg(Operand scores, Operand labels, Value weights = {},
                       double temperature = 0.1);

}  // namespace gradus
