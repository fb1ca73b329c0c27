#include "framework/ops/log.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/divide.h"

namespace gradus {
namespace {

const Op kLog{
    .name = "log",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return kernels::math::log(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy / y.input(0)}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Log", y); },
};

}  // namespace

Value log(Operand x) { return record(kLog, {x}); }

}  // namespace gradus
