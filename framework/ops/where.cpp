#include "framework/ops/where.h"

#include "framework/graph/builtin.h"
#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"

namespace gradus {
namespace {

/// Of values of one shape.
const Op kWhere{
    .name = "where",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_same_shape("where", x[0].shape(), x[1].shape());
          require_same_shape("where", x[0].shape(), x[2].shape());
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          const float* condition = c.inputs[0].floats();
          const float* a = c.inputs[1].floats();
          const float* b = c.inputs[2].floats();
          float* y = c.output.floats();
          kernels::parallel_blocks(c.output.elements(), kernels::kBlock,
                                   [&](std::int64_t begin, std::int64_t end) {
                                     for (std::int64_t i = begin; i < end; ++i) {
                                       y[i] = condition[i] != 0 ? a[i] : b[i];
                                     }
                                   });
        },
    .gradient =
        [](Value y, Value dy) {
          const Value condition = y.input(0);
          const Value zeros = constant(y.graph(), y.shape(), 0.0);
          return Gradients{{}, where(condition, dy, zeros), where(condition, zeros, dy)};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string is = g.node("Equal", {g.name(y.input(0)), g.number(0)});
          return g.node("Where", {is, g.name(y.input(2)), g.name(y.input(1))});
        },
};

}  // namespace

Value where(Operand condition, Operand a, Operand b) {
  const Shape shape = checked(condition, [&] {
    const Shape both = broadcast_shapes("where", a.value.shape(), b.value.shape());
    return broadcast_shapes("where", condition.value.shape(), both);
  });
  const auto broadcast = [&](const Operand& x) {
    return Operand(broadcast_to(x, shape), condition.where.file, condition.where.line);
  };
  return record(kWhere, {broadcast(condition), broadcast(a), broadcast(b)});
}

}  // namespace gradus
