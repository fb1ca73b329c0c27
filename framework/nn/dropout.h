#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// Sets elements to zero while training, each with probability `rate`, and scales the others up:
/// Keras' Dropout. What is drawn follows from the layer's path, too.
class Dropout : public Module {
 public:
  /// Throws Error for a rate outside [0, 1).
  explicit Dropout(double rate);

  /// x [batch, ..] -> the same shape. `key`: a model's `Features::random_key()`; without one, or
  /// with a rate of 0, x itself.
  Value operator()(Operand x, Value key) const;

 private:
  double rate_;
};

}  // namespace gradus
