#include "framework/ops/exp.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/multiply.h"

namespace gradus {
namespace {

const Op kExp{
    .name = "exp",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return kernels::math::exp(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy * y}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Exp", y); },
};

}  // namespace

Value exp(Operand x) { return record(kExp, {x}); }

}  // namespace gradus
