#include "framework/ops/gelu.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/broadcast.h"
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

/// The second derivative: (2 - x²) * p(x), with p the normal density; else, with
/// v = kFactor * (x + kCubic * x³) and t = tanh(v), (1 - t²) * (v' + x * v'' / 2 - x * t * v'²).
Value second_derivative(Value x, bool approximate) {
  const Value squared = square(x);
  if (!approximate) {
    const Value density = scale(exp(scale(squared, -0.5)), kDensity);
    return scale(squared, -1.0, 2.0) * density;
  }
  const Value t = tanh(x * scale(squared, kFactor * kCubic, kFactor));
  const Value slope = scale(squared, 3.0 * kFactor * kCubic, kFactor);
  const Value straight = scale(squared, 6.0 * kFactor * kCubic, kFactor);
  const Value bent = (x * t) * square(slope);
  return scale(square(t), -1.0, 1.0) * (straight - bent);
}

/// dy * (P(x) + x * p(x)), with P the normal distribution; else dy * (1 + t + x * (1 - t²) * v')
/// / 2.
const Op kGeluGradient{
    .name = "gelu_gradient",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_same_shape("gelu_gradient", x[0].shape(), x[1].shape());
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          if (is_approximate(c.node)) {
            kernels::binary(c.inputs[0], c.inputs[1], c.output, [](float dy, float x) {
              const float t = math::tanh(kFactor * x * (1.0F + kCubic * x * x));
              const float slope = kFactor * (1.0F + 3.0F * kCubic * x * x);
              return dy * (0.5F * (1.0F + t + x * (1.0F - t * t) * slope));
            });
          } else {
            kernels::binary(c.inputs[0], c.inputs[1], c.output, [](float dy, float x) {
              const float density = kDensity * math::exp(-0.5F * x * x);
              return dy * (0.5F * (1.0F + math::erf(kRootHalf * x)) + x * density);
            });
          }
        },
    .gradient =
        [](Value dx, Value u) {
          const Value dy = dx.input(0);
          const Value x = dx.input(1);
          const Value second = second_derivative(x, is_approximate(dx));
          return Gradients{record(kGeluGradient, {u, x}, dx.node().attributes), u * (dy * second)};
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
          return Gradients{record(kGeluGradient, {dy, y.input(0)}, y.node().attributes)};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string& x = g.name(y.input(0));
          std::string inner = g.node("Mul", {x, g.number(kRootHalf)});
          if (is_approximate(y)) {
            const std::string cube = g.node("Mul", {x, g.node("Mul", {x, x})});
            const std::string sum = g.node("Add", {x, g.node("Mul", {cube, g.number(kCubic)})});
            inner = g.node("Mul", {sum, g.number(kFactor)});
          }
          const std::string bent = g.node(is_approximate(y) ? "Tanh" : "Erf", {inner});
          const std::string half = g.node("Mul", {x, g.number(0.5)});
          return g.node("Mul", {half, g.node("Add", {bent, g.number(1)})});
        },
};

}  // namespace

Value gelu(Operand x, bool approximate) {
  return record(kGelu, {x}, {{"approximate", approximate}});
}

}  // namespace gradus
