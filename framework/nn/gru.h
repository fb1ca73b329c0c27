#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// A gated recurrent unit (Cho et al., 2014) over a sequence, from a state h of zeros:
///   z = sigmoid(x · W_z + b_z + h · U_z + c_z), r = sigmoid(x · W_r + b_r + h · U_r + c_r),
///   g = tanh(x · W_h + b_h + r * (h · U_h + c_h)), h = z * h + (1 - z) * g.
/// Parameters, with the parts z, r and h side by side: weight W [inputs, 3 * units] from
/// Glorot-uniform, recurrent_weight U [units, 3 * units], orthogonal, bias b and recurrent_bias c
/// [3 * units] of zeros. As Keras' GRU, with `reset_after`. Each step of the sequence is nodes of
/// its own.
class Gru : public Module {
 public:
  /// Of vectors of `inputs` numbers, with a state of `units`.
  Gru(std::int64_t inputs, std::int64_t units);

  /// x [batch, steps, inputs] -> the state after each step, [batch, steps, units]. Throws Error for
  /// another shape, and where there is no step.
  Value operator()(Operand x) const;

 private:
  std::int64_t units_;
  Parameter& weight_;
  Parameter& recurrent_weight_;
  Parameter& bias_;
  Parameter& recurrent_bias_;
};

}  // namespace gradus
