#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// softmax(query · keyᵀ / sqrt(d)) · value over the keys: query [.., m, d], key [.., n, d], value
/// [.., n, v] ->
/// [.., m, v], whose leading axes are the same, such as batch and heads. Where `causal`, query i
/// sees the keys up to i only. As torch.nn.functional.scaled_dot_product_attention (Vaswani et al.
/// 2017). Throws Error where shapes do not fit.
Value scaled_dot_product_attention(Operand query, Operand key, Operand value, bool causal = false);

}  // namespace gradus
