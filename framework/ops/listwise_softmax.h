#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The mean over lists of -sum over items i of weights[i] * labels[i] * log(softmax(scores)[i]), a
/// scalar []; scores, labels and weights (none: all 1) [batch, list]. An item of weight 0 is not
/// there, in the softmax neither, so lists are padded. Labels are taken as they are: where a list's
/// add up to 1, this is the cross-entropy of ListNet (Cao et al., 2007). d scores[i] =
/// (softmax(scores)[i] * sum(weights * labels) - weights[i] * labels[i]) / batch. As TensorFlow
/// Ranking's SoftmaxLoss. Throws Error where the shapes are others or differ.
/// @ingroup losses
Value listwise_softmax(Operand scores, Operand labels, Value weights = {});

}  // namespace gradus
