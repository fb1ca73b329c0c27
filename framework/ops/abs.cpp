#include "framework/ops/abs.h"

#include <cmath>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/multiply.h"

namespace gradus {
namespace {

/// 1, 0 or -1 as x is above, at or below 0; its gradient is 0.
const Op kSign{
    .name = "sign",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) {
            const float above = x > 0 ? 1.0F : x;  // 0 and NaN stay
            return x < 0 ? -1.0F : above;
          });
        },
    .gradient = [](Value, Value) { return Gradients{}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Sign", y); },
};

const Op kAbs{
    .name = "abs",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return std::abs(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy * record(kSign, {y.input(0)})}; },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Abs", y); },
};

}  // namespace

Value abs(Operand x) { return record(kAbs, {x}); }

}  // namespace gradus
