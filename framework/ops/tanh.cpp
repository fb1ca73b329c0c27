#include "framework/ops/tanh.h"

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/square.h"

namespace gradus {
namespace {

const Op kTanh{
    .name = "tanh",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return kernels::math::tanh(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy * scale(square(y), -1.0, 1.0)}; },
    .epilogue =
        [](Value) {
          return Epilogue{Epilogue::Kind::activation, kernels::Activation::tanh};
        },
};

}  // namespace

Value tanh(Operand x) { return record(kTanh, {x}); }

}  // namespace gradus
