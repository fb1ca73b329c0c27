#include "framework/ops/clip.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"

namespace gradus {
namespace {

struct Bounds {
  explicit Bounds(const Call& c)
      : minimum(static_cast<float>(c.node.attribute<double>("minimum"))),
        maximum(static_cast<float>(c.node.attribute<double>("maximum"))) {}
  float minimum;
  float maximum;
};

/// dy where x is within the bounds, else 0.
const Op kClipGradient{
    .name = "clip_gradient",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [bounds = Bounds(c)](float dy, float x) {
                            const float above = x >= bounds.minimum ? dy : 0.0F;
                            return x <= bounds.maximum ? above : 0.0F;
                          });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{record(kClipGradient, {dy, y.input(1)}, y.node().attributes), {}};
        },
};

const Op kClip{
    .name = "clip",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          const double minimum = a.get<double>("minimum");
          const double maximum = a.get<double>("maximum");
          if (!(minimum <= maximum)) fail("clip: {} to {} is no range", minimum, maximum);
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [bounds = Bounds(c)](float x) {
            const float above = x < bounds.minimum ? bounds.minimum : x;
            return above > bounds.maximum ? bounds.maximum : above;
          });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{record(kClipGradient, {dy, y.input(0)}, y.node().attributes)};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("Clip", {g.name(y.input(0)), g.number(y.attribute<double>("minimum")),
                                 g.number(y.attribute<double>("maximum"))});
        },
};

}  // namespace

Value clip(Operand x, double minimum, double maximum) {
  return record(kClip, {x}, {{"minimum", minimum}, {"maximum", maximum}});
}

}  // namespace gradus
