#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// (x - mean) / sqrt(variance + epsilon) * scale + shift over the last axis, with scale [size] of
/// ones and shift [size] of zeros at first: Keras' LayerNormalization (Ba et al., 2016).
class LayerNorm : public Module {
 public:
  /// Throws Error unless epsilon > 0.
  explicit LayerNorm(std::int64_t size, double epsilon = 1e-3);

  /// [.., size] -> the same shape. Throws Error for another last axis.
  Value operator()(Operand x) const;

 private:
  Parameter& scale_;
  Parameter& shift_;
  double epsilon_;
};

}  // namespace gradus
