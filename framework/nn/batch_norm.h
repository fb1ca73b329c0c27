#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// (x - mean) / sqrt(variance + epsilon) * scale + shift for each column. In training, mean and
/// variance are the batch's, and `moving_mean` and `moving_variance` follow them: moving = momentum
/// * moving + (1 - momentum) * the batch's. Otherwise they are those. They are saved as parameters
/// are, and not trained. Keras' BatchNormalization (Ioffe and Szegedy, 2015).
class BatchNorm : public Module {
 public:
  /// Throws Error unless 0 <= momentum <= 1 and epsilon > 0.
  explicit BatchNorm(std::int64_t size, double momentum = 0.99, double epsilon = 1e-3);

  /// [batch, size] -> the same shape. `training`: a model's `Features::training()`. Called twice in
  /// a training step, the statistics follow one input after the other. Throws Error for another
  /// shape.
  Value operator()(Operand x, bool training) const;

 private:
  Parameter& scale_;
  Parameter& shift_;
  Parameter& mean_;
  Parameter& variance_;
  double momentum_;
  double epsilon_;
};

}  // namespace gradus
