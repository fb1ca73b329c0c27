#include "framework/ops/elu.h"

#include <cmath>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/multiply.h"

namespace gradus {
namespace {

float alpha_of(const Call& c) { return static_cast<float>(c.node.attribute<double>("alpha")); }

/// The derivative `order` times: above 0 it is 1 once, then 0; below alpha * exp(x).
const Op kEluDerivative{
    .name = "elu_derivative",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          const float above = c.node.attribute<std::int64_t>("order") == 1 ? 1.0F : 0.0F;
          kernels::unary(c.inputs[0], c.output, [above, alpha = alpha_of(c)](float x) {
            const float below = alpha * kernels::math::exp(x);
            return x > 0 ? above : below;
          });
        },
    .gradient =
        [](Value y, Value dy) {
          const Attributes again{{"alpha", y.attribute<double>("alpha")},
                                 {"order", y.attribute<std::int64_t>("order") + 1}};
          return Gradients{dy * record(kEluDerivative, {y.input(0)}, again)};
        },
};

const Op kElu{
    .name = "elu",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          const double alpha = a.get<double>("alpha");
          if (!std::isfinite(alpha)) fail("elu: an alpha of {} is not finite", alpha);
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [alpha = alpha_of(c)](float x) {
            const float below = alpha * kernels::math::expm1(x);
            return x > 0 ? x : below;
          });
        },
    .gradient =
        [](Value y, Value dy) {
          const Attributes first{{"alpha", y.attribute<double>("alpha")},
                                 {"order", std::int64_t{1}}};
          return Gradients{dy * record(kEluDerivative, {y.input(0)}, first)};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("Elu", y, {{"alpha", static_cast<float>(y.attribute<double>("alpha"))}});
        },
};

}  // namespace

Value elu(Operand x, double alpha) { return record(kElu, {x}, {{"alpha", alpha}}); }

}  // namespace gradus
