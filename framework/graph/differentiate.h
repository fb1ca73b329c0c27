#pragma once

#include <span>
#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// Appends the gradients of sum(y * upstream) with respect to each value, as further nodes, and
/// returns them in order; a gradient is empty where y does not depend on the value. `upstream` has
/// y's shape; without it, it is ones. Gradients can be differentiated again. Throws Error where an
/// op on the way has no gradient.
Gradients differentiate(Value y, std::span<const Value> with_respect_to, Value upstream = {});

/// The gradient as one value of the shape of `value`: rows are scattered into a table of zeros.
/// Zeros where it is empty.
Value dense(const Gradient& gradient, Value value);

}  // namespace gradus
