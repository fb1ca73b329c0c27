#include "framework/ops/gelu.h"

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/exp.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/square.h"
#include "framework/ops/subtract.h"
#include "framework/ops/tanh.h"

namespace gradus {
namespace {

constexpr float kRootHalf = 0.707106781F;
constexpr float kDensity = 0.398942280F;  // of the normal distribution at 0
constexpr float kFactor = 0.797884561F;   // sqrt(2 / pi)
constexpr float kCubic = 0.044715F;

namespace math = kernels::math;

bool is_approximate(Value y) { return y.attribute<bool>("approximate"); }

/// With p the normal density, P(x) + x * p(x); else, with u = kFactor * (x + kCubic * x³) and
/// t = tanh(u), (1 + t + x * (1 - t²) * u') / 2.
const Op kGeluDerivative{
    .name = "gelu_derivative",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          if (is_approximate(c.node)) {
            kernels::unary(c.inputs[0], c.output, [](float x) {
              const float t = math::tanh(kFactor * x * (1.0F + kCubic * x * x));
              const float slope = kFactor * (1.0F + 3.0F * kCubic * x * x);
              return 0.5F * (1.0F + t + x * (1.0F - t * t) * slope);
            });
          } else {
            kernels::unary(c.inputs[0], c.output, [](float x) {
              const float density = kDensity * math::exp(-0.5F * x * x);
              return 0.5F * (1.0F + math::erf(kRootHalf * x)) + x * density;
            });
          }
        },
    .gradient =
        [](Value y, Value dy) {
          const Value x = y.input(0);
          const Value squared = square(x);
          if (!is_approximate(y)) {  // (2 - x²) * p(x)
            const Value density = scale(exp(scale(squared, -0.5)), kDensity);
            return Gradients{dy * (scale(squared, -1.0, 2.0) * density)};
          }
          // (1 - t²) * (u' + x * u'' / 2 - x * t * u'²)
          const Value t = tanh(x * scale(squared, kFactor * kCubic, kFactor));
          const Value slope = scale(squared, 3.0 * kFactor * kCubic, kFactor);
          const Value straight = scale(squared, 6.0 * kFactor * kCubic, kFactor);
          const Value bent = (x * t) * square(slope);
          return Gradients{dy * (scale(square(t), -1.0, 1.0) * (straight - bent))};
        },
};

const Op kGelu{
    .name = "gelu",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          if (is_approximate(c.node)) {
            kernels::unary(c.inputs[0], c.output, [](float x) {
              return 0.5F * x * (1.0F + math::tanh(kFactor * x * (1.0F + kCubic * x * x)));
            });
          } else {
            kernels::unary(c.inputs[0], c.output,
                           [](float x) { return 0.5F * x * (1.0F + math::erf(kRootHalf * x)); });
          }
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{dy * record(kGeluDerivative, {y.input(0)}, y.node().attributes)};
        },
};

}  // namespace

Value gelu(Operand x, bool approximate) {
  return record(kGelu, {x}, {{"approximate", approximate}});
}

}  // namespace gradus
