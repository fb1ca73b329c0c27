#include "framework/ops/reciprocal.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/square.h"

namespace gradus {
namespace {

const Op kReciprocal{
    .name = "reciprocal",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return 1.0F / x; });
        },
    .gradient = [](Value y, Value dy) { return Gradients{scale(dy * square(y), -1.0)}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Reciprocal", y); },
};

}  // namespace

Value reciprocal(Operand x) { return record(kReciprocal, {x}); }

}  // namespace gradus
