#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// A layer of a deep and cross network: first * (x · weights + bias) + x, elementwise but for the
/// product; first and x [batch, n], weights [n, n], bias [n] -> [batch, n]. `first` is the input of
/// the first layer. As TFRS' Cross (Wang et al. 2020, DCN V2). Throws Error where shapes do not
/// fit.
Value cross(Operand first, Operand x, Value weights, Value bias);

}  // namespace gradus
