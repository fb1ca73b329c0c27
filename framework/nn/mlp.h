#pragma once

#include <vector>

#include "framework/nn/dense.h"
#include "framework/nn/dropout.h"

namespace gradus {

/// Dense layers "0", "1", … one after the other, relu and dropout between them, and a last one of
/// `outputs` units with another activation or none.
class Mlp : public Module {
 public:
  /// `hidden` are the widths of the hidden layers; `l2` regularises all weights; `dropout` is the
  /// rate at which outputs of hidden layers are dropped.
  Mlp(std::int64_t inputs, const std::vector<int>& hidden, std::int64_t outputs,
      kernels::Activation last = kernels::Activation::none, double l2 = 0.0, double dropout = 0.0);

  /// [batch, inputs] -> [batch, outputs]; `key`: see Dropout.
  Value operator()(Operand x, Value key = {}) const;

 private:
  std::vector<Dense*> layers_;
  std::vector<Dropout*> dropouts_;  // one after each hidden layer
};

}  // namespace gradus
