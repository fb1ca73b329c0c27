#pragma once

#include <vector>

#include "framework/nn/dense.h"

namespace gradus {

/// Dense layers "0", "1", … one after the other, relu between them, and a last one of `outputs`
/// units with another activation or none.
class Mlp : public Module {
 public:
  /// `hidden` are the widths of the hidden layers; `l2` regularises all weights.
  Mlp(std::int64_t inputs, const std::vector<int>& hidden, std::int64_t outputs,
      kernels::Activation last = kernels::Activation::none, double l2 = 0.0);

  /// [batch, inputs] -> [batch, outputs].
  Value operator()(Operand x) const;

 private:
  std::vector<Dense*> layers_;
};

}  // namespace gradus
