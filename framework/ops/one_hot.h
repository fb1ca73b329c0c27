#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// 1 at the place that each id (int32) names, else 0: ids [..] -> [.., size]; nothing where an id
/// is beyond the size, as in TensorFlow's one_hot. Ids have no gradient. Throws Error for numbers,
/// a negative size, and more axes than a shape can have.
Value one_hot(Operand ids, std::int64_t size);

/// 1 where an id (int32) is not `padding`, else 0: ids [..] -> [..], to multiply what belongs to
/// them with. Ids have no gradient. As Keras' mask_zero for padding 0. Throws Error for numbers.
Value padding_mask(Operand ids, std::int64_t padding = 0);

}  // namespace gradus
