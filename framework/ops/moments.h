#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The mean and the (biased) variance of each column over all rows: x [batch, n] -> [2, n], zeros
/// where there are no rows. As torch.var_mean (correction=0) over the first axis. Throws Error
/// unless x has two axes, the second of a constant size.
Value moments(Operand x);

}  // namespace gradus
