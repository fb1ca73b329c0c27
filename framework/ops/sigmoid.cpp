#include "framework/ops/sigmoid.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"

namespace gradus {
namespace {

/// dy * y * (1 - y).
Value sigmoid_gradient(Operand dy, Operand y);

const Op kSigmoidGradient{
    .name = "sigmoid_gradient",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_same_shape("sigmoid_gradient", x[0].shape(), x[1].shape());
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [](float dy, float y) { return dy * (y * (1.0F - y)); });
        },
    .gradient =
        [](Value dx, Value u) {
          const Value dy = dx.input(0);
          const Value y = dx.input(1);
          return Gradients{sigmoid_gradient(u, y), u * (dy * scale(y, -2.0, 1.0))};
        },
};

Value sigmoid_gradient(Operand dy, Operand y) { return record(kSigmoidGradient, {dy, y}); }

const Op kSigmoid{
    .name = "sigmoid",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return kernels::math::sigmoid(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{sigmoid_gradient(dy, y)}; },
    .epilogue =
        [](Value) { return Epilogue{Epilogue::Kind::activation, kernels::Activation::sigmoid}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Sigmoid", y); },
};

}  // namespace

Value sigmoid(Operand x) { return record(kSigmoid, {x}); }

}  // namespace gradus
