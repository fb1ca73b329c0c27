#include "framework/ops/negative.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"

namespace gradus {
namespace {

const Op kNegative{
    .name = "negative",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run = [](const Call& c) { kernels::unary(c.inputs[0], c.output, [](float x) { return -x; }); },
    .gradient = [](Value, Value dy) { return Gradients{-dy}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Neg", y); },
};

}  // namespace

Value operator-(Operand x) { return record(kNegative, {x}); }

}  // namespace gradus
