#include "framework/ops/scale.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"

namespace gradus {
namespace {

const Op kScale{
    .name = "scale",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          const auto factor = static_cast<float>(c.node.attribute<double>("factor"));
          const auto offset = static_cast<float>(c.node.attribute<double>("offset"));
          kernels::unary(c.inputs[0], c.output, [=](float x) { return factor * x + offset; });
        },
    .gradient = [](Value y,
                   Value dy) { return Gradients{scale(dy, y.attribute<double>("factor"))}; },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string product =
              g.node("Mul", {g.name(y.input(0)), g.number(y.attribute<double>("factor"))});
          const double offset = y.attribute<double>("offset");
          return offset == 0 ? product : g.node("Add", {product, g.number(offset)});
        },
};

}  // namespace

Value scale(Operand x, double factor, double offset) {
  return record(kScale, {x}, {{"factor", factor}, {"offset", offset}});
}

}  // namespace gradus
