#include "framework/ops/relu.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"

namespace gradus {
namespace {

/// dy where the output y is positive, else 0.
Value relu_gradient(Operand dy, Operand y);

const Op kReluGradient{
    .name = "relu_gradient",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_same_shape("relu_gradient", x[0].shape(), x[1].shape());
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [](float dy, float y) { return y > 0 ? dy : 0.0F; });
        },
    .gradient = [](Value y, Value dy) { return Gradients{relu_gradient(dy, y.input(1)), {}}; },
    .epilogue = [](Value) { return Epilogue{.kind = Epilogue::Kind::gate}; },
};

Value relu_gradient(Operand dy, Operand y) { return record(kReluGradient, {dy, y}); }

const Op kRelu{
    .name = "relu",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return x < 0 ? 0.0F : x; });
        },
    .gradient = [](Value y, Value dy) { return Gradients{relu_gradient(dy, y)}; },
    .epilogue =
        [](Value) { return Epilogue{Epilogue::Kind::activation, kernels::Activation::relu}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Relu", y); },
};

}  // namespace

Value relu(Operand x) { return record(kRelu, {x}); }

}  // namespace gradus
