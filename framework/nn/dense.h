#pragma once

#include "framework/kernels/matmul.h"
#include "framework/nn/module.h"

namespace gradus {

/// activation(x · weight + bias), with weight [inputs, units] and bias [units], at first zeros:
/// Keras' Dense.
class Dense : public Module {
 public:
  /// `l2` regularises the weight.
  Dense(std::int64_t inputs, std::int64_t units,
        kernels::Activation activation = kernels::Activation::none, double l2 = 0.0,
        Initializer weight = glorot_uniform());

  /// [batch, inputs] -> [batch, units]. Throws Error for another number of columns.
  Value operator()(Operand x) const;

 private:
  Parameter& weight_;
  Parameter& bias_;
  kernels::Activation activation_;
};

}  // namespace gradus
