#include "framework/ops/divide.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"

namespace gradus {
namespace {

const Op kDivide{
    .name = "divide",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          return broadcast_shapes("divide", x[0].shape(), x[1].shape());
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [](float a, float b) { return a / b; });
        },
    .gradient =
        [](Value y, Value dy) {
          const Value da = dy / y.input(1);
          return Gradients{sum_to(da, y.input(0).shape()),
                           sum_to(scale(da * y, -1.0), y.input(1).shape())};
        },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Div", y); },
};

}  // namespace

Value operator/(Operand a, Operand b) { return record(kDivide, {a, b}); }

}  // namespace gradus
