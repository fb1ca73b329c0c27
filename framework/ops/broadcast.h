#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// NumPy's broadcasting: axes are matched from the last; each pair must be equal or hold a 1.
/// Throws Error, naming the op and the axis, where they do not fit.
Shape broadcast_shapes(std::string_view op, const Shape& a, const Shape& b);

/// Throws Error, naming the op and both shapes, unless they are equal.
void require_same_shape(std::string_view op, const Shape& a, const Shape& b);
/// The same for an op that builds on others: the Error names the place of the call, too.
void require_same_shape(std::string_view op, const Operand& a, Value b);

/// The axes of the larger shape along which a sum gives the smaller, which broadcasts to it.
std::vector<std::int64_t> axes_between(const Shape& larger, const Shape& smaller);

/// x repeated to a larger shape.  dx = dy summed back to x's shape.
Value broadcast_to(Operand x, const Shape& shape);

/// x summed to a smaller shape that broadcasts to x's, as gradients of broadcasting need.
/// dx = dy repeated.
Value sum_to(Operand x, const Shape& shape);

}  // namespace gradus
