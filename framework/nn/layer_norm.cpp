#include "framework/nn/layer_norm.h"

#include "framework/ops/layer_norm.h"

namespace gradus {

LayerNorm::LayerNorm(std::int64_t size, double epsilon)
    : scale_(parameter("scale", {size}, ones())),
      shift_(parameter("shift", {size}, zeros())),
      epsilon_(epsilon) {
  if (!(epsilon > 0)) fail("layer_norm: epsilon must be above 0, not {}", epsilon);
}

Value LayerNorm::operator()(Operand x) const {
  Graph& graph = x.value.graph();
  const auto scope = enter(graph);
  return layer_norm(x, scale_.in(graph), shift_.in(graph), epsilon_);
}

}  // namespace gradus
