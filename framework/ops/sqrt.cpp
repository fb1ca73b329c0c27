#include "framework/ops/sqrt.h"

#include <cmath>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/divide.h"
#include "framework/ops/scale.h"

namespace gradus {
namespace {

const Op kSqrt{
    .name = "sqrt",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return std::sqrt(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{scale(dy, 0.5) / y}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Sqrt", y); },
};

}  // namespace

Value sqrt(Operand x) { return record(kSqrt, {x}); }

}  // namespace gradus
