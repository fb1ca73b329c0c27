#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// Attention of `heads` heads (Vaswani et al., 2017): query, key and value are projected to heads
/// of `head_size`, each attends by itself, and what all give is projected to the query's size.
/// Parameters for "query", "key" and "value": "…_weight" [size, heads * head_size] and "…_bias",
/// and "output_weight" [heads * head_size, size] and "output_bias". As Keras' MultiHeadAttention.
class MultiHeadAttention : public Module {
 public:
  /// `size` is that of the query's vectors, and of key's and value's. Throws Error for sizes
  /// below 1.
  MultiHeadAttention(std::int64_t size, std::int64_t heads, std::int64_t head_size);

  /// query [batch, m, size], key and value [batch, n, size] -> [batch, m, size]. Where `causal`,
  /// query i sees the keys up to i only. Throws Error for other shapes.
  Value operator()(Operand query, Operand key, Operand value, bool causal = false) const;

 private:
  struct Projection {
    Parameter& weight;
    Parameter& bias;
  };
  Projection projection(const std::string& name, std::int64_t from, std::int64_t to);
  /// [batch, n, from] -> [batch, n, to].
  static Value project(Operand x, const Projection& by);
  /// [batch, n, heads * head_size] -> [batch, heads, n, head_size].
  Value split(Operand x) const;

  std::int64_t size_;
  std::int64_t heads_;
  std::int64_t head_size_;
  Projection query_;
  Projection key_;
  Projection value_;
  Projection output_;
};

}  // namespace gradus
