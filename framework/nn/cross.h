#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// A layer of a deep and cross network: first * (x · weight + bias + diagonal_scale * x) + x,
/// elementwise but for the product. With a `rank`, x · down · up takes the place of x · weight.
/// Parameters: weight [size, size], or down [size, rank] and up [rank, size], truncated normal;
/// bias [size] of zeros. As TFRS' Cross (Wang et al., 2020, DCN V2).
class Cross : public Module {
 public:
  /// `rank` 0: the full product. Throws Error for a rank or a diagonal scale below 0.
  explicit Cross(std::int64_t size, std::int64_t rank = 0, double diagonal_scale = 0.0,
                 double l2 = 0.0);

  /// [batch, size] twice -> [batch, size]; `first` is the input of the first layer. Throws Error
  /// for other shapes.
  Value operator()(Operand first, Operand x) const;

 private:
  std::vector<Parameter*> factors_;
  Parameter* bias_;
  double diagonal_scale_;
};

}  // namespace gradus
