#include "framework/ops/reshape.h"

#include <algorithm>

#include "framework/graph/onnx.h"

namespace gradus {
namespace {

const Op kReshape{
    .name = "reshape",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          const auto& shape = a.get<Shape>("shape");
          if (!(x[0].shape().elements() == shape.elements())) {
            fail("reshape: {} and {} hold different numbers of elements", x[0].shape().text(),
                 shape.text());
          }
          return shape;
        },
    .rows =
        [](Value y) {
          return y.shape().has_rows() && y.input(0).shape().has_rows() ? Rows::each : Rows::whole;
        },
    .run =
        [](const Call& c) {
          std::copy_n(c.inputs[0].floats(), c.output.elements(), c.output.floats());
        },
    .gradient = [](Value y, Value dy) { return Gradients{reshape(dy, y.input(0).shape())}; },
    .is_view = true,
    .onnx = [](OnnxGraph& g, Value y) { return g.reshaped(g.name(y.input(0)), y.shape()); },
};

}  // namespace

Value reshape(Operand x, const Shape& shape) {
  if (x.value.shape() == shape) return x.value;
  return record(kReshape, {x}, {{"shape", shape}});
}

}  // namespace gradus
