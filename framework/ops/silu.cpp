#include "framework/ops/silu.h"

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/sigmoid.h"

namespace gradus {
namespace {

/// s * (1 + x * (1 - s)).  Its derivative is s * (1 - s) * (2 + x * (1 - 2 * s)).
const Op kSiluDerivative{
    .name = "silu_derivative",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) {
            const float s = kernels::math::sigmoid(x);
            return s * (1.0F + x * (1.0F - s));
          });
        },
    .gradient =
        [](Value y, Value dy) {
          const Value x = y.input(0);
          const Value s = sigmoid(x);
          const Value slope = s * scale(s, -1.0, 1.0);
          return Gradients{dy * (slope * scale(x * scale(s, -2.0, 1.0), 1.0, 2.0))};
        },
};

const Op kSilu{
    .name = "silu",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output,
                         [](float x) { return x * kernels::math::sigmoid(x); });
        },
    .gradient = [](Value y,
                   Value dy) { return Gradients{dy * record(kSiluDerivative, {y.input(0)})}; },
};

}  // namespace

Value silu(Operand x) { return record(kSilu, {x}); }

}  // namespace gradus
