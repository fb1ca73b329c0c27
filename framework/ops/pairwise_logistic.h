#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The mean over lists of sum over items i, j with labels[i] > labels[j] of
/// weights[i] * log(1 + exp(-(scores[i] - scores[j]))), a scalar [], finite for any difference;
/// scores, labels and weights (none: all 1) [batch, list]. An item of weight 0 is not there, so
/// lists are padded. Labels have no gradient. The loss of RankNet (Burges et al., 2005) and, of one
/// pair, of BPR (Rendle et al., 2009); as TensorFlow Ranking's PairwiseLogisticLoss, summed over
/// the pairs. Takes time and memory in proportion to the square of the list. Throws Error where the
/// shapes are others or differ.
/// @ingroup losses
Value pairwise_logistic(Operand scores, Operand labels, Value weights = {});

}  // namespace gradus
