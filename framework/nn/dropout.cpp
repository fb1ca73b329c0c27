#include "framework/nn/dropout.h"

#include "framework/ops/dropout.h"

namespace gradus {

Dropout::Dropout(double rate) : rate_(rate) {
  if (!(rate >= 0.0 && rate < 1.0))
    fail("dropout: the rate must be from 0 to below 1, got {}", rate);
}

Value Dropout::operator()(Operand x, Value key) const {
  if (!key || rate_ == 0.0) return x.value;
  Graph& graph = x.value.graph();
  const auto scope = enter(graph);
  return dropout(x, key, rate_, graph.scope());
}

}  // namespace gradus
