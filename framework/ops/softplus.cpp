#include "framework/ops/softplus.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/multiply.h"
#include "framework/ops/sigmoid.h"

namespace gradus {
namespace {

const Op kSoftplus{
    .name = "softplus",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return kernels::math::softplus(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy * sigmoid(y.input(0))}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Softplus", y); },
};

}  // namespace

Value softplus(Operand x) { return record(kSoftplus, {x}); }

}  // namespace gradus
