#include "framework/ops/silu.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/sigmoid.h"

namespace gradus {
namespace {

/// With s = sigmoid(x), dy * s * (1 + x * (1 - s)).
Value silu_gradient(Operand dy, Operand x);

const Op kSiluGradient{
    .name = "silu_gradient",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_same_shape("silu_gradient", x[0].shape(), x[1].shape());
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output, [](float dy, float x) {
            const float s = kernels::math::sigmoid(x);
            return dy * (s * (1.0F + x * (1.0F - s)));
          });
        },
    .gradient =
        [](Value dx, Value u) {  // of x: u * dy * s * (1 - s) * (2 + x * (1 - 2 * s))
          const Value x = dx.input(1);
          const Value s = sigmoid(x);
          const Value slope = s * scale(s, -1.0, 1.0);
          const Value second = slope * scale(x * scale(s, -2.0, 1.0), 1.0, 2.0);
          return Gradients{silu_gradient(u, x), u * (dx.input(0) * second)};
        },
};

Value silu_gradient(Operand dy, Operand x) { return record(kSiluGradient, {dy, x}); }

const Op kSilu{
    .name = "silu",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output,
                         [](float x) { return x * kernels::math::sigmoid(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{silu_gradient(dy, y.input(0))}; },
    .onnx = [](OnnxGraph& g,
               Value y) { return g.node("Mul", {g.name(y.input(0)), g.node("Sigmoid", y)}); },
};

}  // namespace

Value silu(Operand x) { return record(kSilu, {x}); }

}  // namespace gradus
