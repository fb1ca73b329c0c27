#include "framework/ops/square.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"

namespace gradus {
namespace {

const Op kSquare{
    .name = "square",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) { kernels::unary(c.inputs[0], c.output, [](float x) { return x * x; }); },
    .gradient = [](Value y, Value dy) { return Gradients{scale(dy * y.input(0), 2.0)}; },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string& x = g.name(y.input(0));
          return g.node("Mul", {x, x});
        },
};

}  // namespace

Value square(Operand x) { return record(kSquare, {x}); }

}  // namespace gradus
