#pragma once

#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// Values of one shape side by side on a new axis, which stands before axis `axis` of theirs
/// (negative: from the last of the result): three of [batch, 16] along 1 -> [batch, 3, 16].
/// The gradient of each is its part of dy. As torch.stack. Throws Error where there is no value,
/// shapes differ, or the result would have more axes than a shape can.
Value stack(const std::vector<Value>& values, int axis,
            Where where = {__builtin_FILE(), __builtin_LINE()});

}  // namespace gradus
