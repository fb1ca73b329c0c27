#include "framework/ops/subtract.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/scale.h"

namespace gradus {
namespace {

const Op kSubtract{
    .name = "subtract",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          return broadcast_shapes("subtract", x[0].shape(), x[1].shape());
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [](float a, float b) { return a - b; });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{sum_to(dy, y.input(0).shape()),
                           scale(sum_to(dy, y.input(1).shape()), -1.0)};
        },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Sub", y); },
};

}  // namespace

Value operator-(Operand a, Operand b) { return record(kSubtract, {a, b}); }

}  // namespace gradus
