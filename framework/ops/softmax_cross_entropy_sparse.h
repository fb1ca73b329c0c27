#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// mean(weights * (log(sum over c of exp(logits[.., c])) - logits[.., labels])) over all examples,
/// a scalar []: logits [.., classes], labels [..] int32 from 0 to classes - 1, weights [..] (none:
/// all 1); reduced as `mean_loss` says. d logits = (softmax(logits) - one_hot(labels)) * weights /
/// examples. As Keras' SparseCategoricalCrossentropy(from_logits=True). Throws Error where the
/// shapes do not fit so, a loss never broadcasts; running it throws Error for a label that is no
/// class.
/// @ingroup losses
Value softmax_cross_entropy_sparse(Operand logits, Operand labels, Value weights = {});

}  // namespace gradus
