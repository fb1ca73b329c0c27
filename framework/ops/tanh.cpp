#include "framework/ops/tanh.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"

namespace gradus {
namespace {

/// dy * (1 - y²).
Value tanh_gradient(Operand dy, Operand y);

const Op kTanhGradient{
    .name = "tanh_gradient",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_same_shape("tanh_gradient", x[0].shape(), x[1].shape());
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [](float dy, float y) { return dy * (1.0F - y * y); });
        },
    .gradient =
        [](Value dx, Value u) {
          const Value dy = dx.input(0);
          const Value y = dx.input(1);
          return Gradients{tanh_gradient(u, y), scale(u * (dy * y), -2.0)};
        },
};

Value tanh_gradient(Operand dy, Operand y) { return record(kTanhGradient, {dy, y}); }

const Op kTanh{
    .name = "tanh",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return kernels::math::tanh(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{tanh_gradient(dy, y)}; },
    .epilogue =
        [](Value) { return Epilogue{Epilogue::Kind::activation, kernels::Activation::tanh}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Tanh", y); },
};

}  // namespace

Value tanh(Operand x) { return record(kTanh, {x}); }

}  // namespace gradus
