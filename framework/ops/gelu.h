#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// x * P(x), elementwise, with P the normal distribution: (1 + erf(x / sqrt(2))) / 2, or close to
/// it (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x³))) / 2 where `approximate`.  dx = dy * (P + x *
/// P'). As torch.nn.functional.gelu, approximate "none" and "tanh".
Value gelu(Operand x, bool approximate = false);

}  // namespace gradus
