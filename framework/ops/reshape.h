#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The same elements, in the same order, in another shape.  dx = dy in x's shape. Throws Error
/// where the shapes hold different numbers of elements.
Value reshape(Operand x, const Shape& shape);

}  // namespace gradus
