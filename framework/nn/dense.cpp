#include "framework/nn/dense.h"

#include <utility>

#include "framework/ops/add.h"
#include "framework/ops/matmul.h"
#include "framework/ops/relu.h"
#include "framework/ops/sigmoid.h"
#include "framework/ops/tanh.h"

namespace gradus {

using kernels::Activation;

Dense::Dense(std::int64_t inputs, std::int64_t units, Activation activation, double l2,
             Initializer weight)
    : weight_(parameter("weight", {inputs, units}, std::move(weight), l2)),
      bias_(parameter("bias", {units}, zeros())),
      activation_(activation) {}

Value Dense::operator()(Operand x) const {
  Graph& graph = x.value.graph();
  const auto scope = enter(graph);
  const Shape& shape = x.value.shape();
  const Extents& weight = weight_.value.extents();
  if (shape.rank() != 2 || !(shape[1] == Dimension{weight[0]})) {
    fail("dense: input has shape {}, weights have {} rows ({}, {}:{})", shape.text(), weight[0],
         graph.scope(), x.where.file, x.where.line);
  }
  const Operand product(matmul(x, weight_.in(graph)), x.where.file, x.where.line);
  const Operand y(product + bias_.in(graph), x.where.file, x.where.line);
  switch (activation_) {
    case Activation::relu:
      return relu(y);
    case Activation::sigmoid:
      return sigmoid(y);
    case Activation::tanh:
      return tanh(y);
    case Activation::none:
      break;
  }
  return y.value;
}

}  // namespace gradus
