#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The mean over lists of sum over items i of weights[i] * (log(sum over j that come no earlier
/// than i of exp(scores[j])) - scores[i]), a scalar []: the negative log-likelihood of the order by
/// falling labels, items of one label in the order in which they stand; scores, labels and weights
/// (none: all 1) [batch, list]. An item of weight 0 is not there, so lists are padded. Labels have
/// no gradient. ListMLE (Xia et al., 2008), as TensorFlow Ranking's, which draws the order of equal
/// labels. Takes time and memory in proportion to the square of the list. Throws Error where the
/// shapes are others or differ.
/// @ingroup losses
Value list_mle(Operand scores, Operand labels, Value weights = {});

}  // namespace gradus
