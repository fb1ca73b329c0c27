#include "framework/ops/sigmoid.h"

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"

namespace gradus {
namespace {

const Op kSigmoid{
    .name = "sigmoid",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return kernels::math::sigmoid(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy * (y * scale(y, -1.0, 1.0))}; },
    .epilogue =
        [](Value) {
          return Epilogue{Epilogue::Kind::activation, kernels::Activation::sigmoid};
        },
};

}  // namespace

Value sigmoid(Operand x) { return record(kSigmoid, {x}); }

}  // namespace gradus
