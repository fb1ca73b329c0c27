#include "framework/ops/multiply.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"

namespace gradus {
namespace {

const Op kMultiply{
    .name = "multiply",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          return broadcast_shapes("multiply", x[0].shape(), x[1].shape());
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [](float a, float b) { return a * b; });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{sum_to(dy * y.input(1), y.input(0).shape()),
                           sum_to(dy * y.input(0), y.input(1).shape())};
        },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Mul", y); },
};

}  // namespace

Value operator*(Operand a, Operand b) { return record(kMultiply, {a, b}); }

}  // namespace gradus
