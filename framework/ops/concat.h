#pragma once

#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// The values one after the other along `axis` (negative: from the last); all other axes are equal.
/// The gradient of each is its slice of dy. Throws Error where there is none, or shapes do not fit.
Value concat(const std::vector<Value>& values, int axis,
             Where where = {__builtin_FILE(), __builtin_LINE()});

/// Whether a value was made by `concat` along that axis.
bool is_concat(Value value, int axis);

}  // namespace gradus
