#include "framework/nn/mlp.h"

namespace gradus {

Mlp::Mlp(std::int64_t inputs, const std::vector<int>& hidden, std::int64_t outputs,
         kernels::Activation last, double l2, double dropout) {
  for (const int width : hidden) {
    dropouts_.push_back(&child<Dropout>(fmt::format("dropout_{}", dropouts_.size()), dropout));
    layers_.push_back(&child<Dense>(fmt::format("{}", layers_.size()), inputs, width,
                                    kernels::Activation::relu, l2));
    inputs = width;
  }
  layers_.push_back(&child<Dense>(fmt::format("{}", layers_.size()), inputs, outputs, last, l2));
}

Value Mlp::operator()(Operand x, Value key) const {
  const auto scope = enter(x.value.graph());
  const auto at_call = [&x](Value value) { return Operand(value, x.where.file, x.where.line); };
  Operand y = x;
  for (std::size_t i = 0; i < dropouts_.size(); ++i) {
    y = at_call((*layers_[i])(y));
    y = at_call((*dropouts_[i])(y, key));
  }
  return (*layers_.back())(y);
}

}  // namespace gradus
