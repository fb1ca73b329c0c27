#include "framework/ops/leaky_relu.h"

#include <cmath>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"

namespace gradus {
namespace {

float slope_of(const Call& c) {
  return static_cast<float>(c.node.attribute<double>("negative_slope"));
}

/// dy where x is positive, else negative_slope * dy.
const Op kLeakyReluGradient{
    .name = "leaky_relu_gradient",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::binary(
              c.inputs[0], c.inputs[1], c.output,
              [slope = slope_of(c)](float dy, float x) { return x > 0 ? dy : slope * dy; });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{record(kLeakyReluGradient, {dy, y.input(1)}, y.node().attributes), {}};
        },
};

const Op kLeakyRelu{
    .name = "leaky_relu",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          const double slope = a.get<double>("negative_slope");
          if (!std::isfinite(slope)) fail("leaky_relu: a slope of {} is not finite", slope);
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output,
                         [slope = slope_of(c)](float x) { return x > 0 ? x : slope * x; });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{record(kLeakyReluGradient, {dy, y.input(0)}, y.node().attributes)};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("LeakyRelu", y,
                        {{"alpha", static_cast<float>(y.attribute<double>("negative_slope"))}});
        },
};

}  // namespace

Value leaky_relu(Operand x, double negative_slope) {
  return record(kLeakyRelu, {x}, {{"negative_slope", negative_slope}});
}

}  // namespace gradus
