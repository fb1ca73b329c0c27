#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// 1 where a = b, else 0, elementwise with NumPy's broadcasting: a mask of numbers, which others
/// can be multiplied with. Its gradient is 0. NaN equals nothing. As torch.eq.
Value equal(Operand a, Operand b);

/// 1 where a < b, else 0, as `equal`.
Value less(Operand a, Operand b);
/// 1 where a <= b, else 0, as `equal`.
Value less_equal(Operand a, Operand b);
/// 1 where a > b, else 0, as `equal`.
Value greater(Operand a, Operand b);
/// 1 where a >= b, else 0, as `equal`.
Value greater_equal(Operand a, Operand b);

}  // namespace gradus
