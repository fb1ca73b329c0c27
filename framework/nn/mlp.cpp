#include "framework/nn/mlp.h"

namespace gradus {

Mlp::Mlp(std::int64_t inputs, const std::vector<int>& hidden, std::int64_t outputs,
         kernels::Activation last, double l2) {
  for (const int width : hidden) {
    layers_.push_back(&child<Dense>(fmt::format("{}", layers_.size()), inputs, width,
                                    kernels::Activation::relu, l2));
    inputs = width;
  }
  layers_.push_back(&child<Dense>(fmt::format("{}", layers_.size()), inputs, outputs, last, l2));
}

Value Mlp::operator()(Operand x) const {
  const auto scope = enter(x.value.graph());
  Operand y = x;
  for (const Dense* layer : layers_) y = Operand((*layer)(y), x.where.file, x.where.line);
  return y.value;
}

}  // namespace gradus
