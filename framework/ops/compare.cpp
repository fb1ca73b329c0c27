#include "framework/ops/compare.h"

#include <functional>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"

namespace gradus {
namespace {

/// The broadcast shape of an op's two inputs.
template <const Op& op>
Shape shape(std::span<const Value> x, const Attributes&) {
  return broadcast_shapes(op.name, x[0].shape(), x[1].shape());
}

template <class Holds>
void run(const Call& c) {
  kernels::binary(c.inputs[0], c.inputs[1], c.output,
                  [](float a, float b) { return Holds()(a, b) ? 1.0F : 0.0F; });
}

Gradients none(Value, Value) { return {}; }

extern const Op kEqual;
extern const Op kLess;
extern const Op kLessEqual;

const Op kEqual{
    .name = "equal",
    .shape = shape<kEqual>,
    .run = run<std::equal_to<float>>,
    .gradient = none,
    .onnx = [](OnnxGraph& g, Value y) { return g.as_numbers(g.node("Equal", y)); },
};
const Op kLess{
    .name = "less",
    .shape = shape<kLess>,
    .run = run<std::less<float>>,
    .gradient = none,
    .onnx = [](OnnxGraph& g, Value y) { return g.as_numbers(g.node("Less", y)); },
};
const Op kLessEqual{
    .name = "less_equal",
    .shape = shape<kLessEqual>,
    .run = run<std::less_equal<float>>,
    .gradient = none,
    .onnx = [](OnnxGraph& g, Value y) { return g.as_numbers(g.node("LessOrEqual", y)); },
};

}  // namespace

Value equal(Operand a, Operand b) { return record(kEqual, {a, b}); }
Value less(Operand a, Operand b) { return record(kLess, {a, b}); }
Value less_equal(Operand a, Operand b) { return record(kLessEqual, {a, b}); }
Value greater(Operand a, Operand b) { return record(kLess, {b, a}); }
Value greater_equal(Operand a, Operand b) { return record(kLessEqual, {b, a}); }

}  // namespace gradus
