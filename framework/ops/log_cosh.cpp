#include "framework/ops/log_cosh.h"

#include <cmath>
#include <numbers>

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/multiply.h"
#include "framework/ops/subtract.h"
#include "framework/ops/tanh.h"

namespace gradus {
namespace {

namespace math = kernels::math;

constexpr std::string_view kName = "log_cosh";

/// With m = exp(|d|) - 1, cosh(d) = 1 + m² / (2 * (1 + m)): exact for small d, where |d| +
/// log1p(exp(-2|d|)) - log 2 would cancel; that one never overflows.
float log_cosh_of(float d) {
  constexpr float kSmall = 1.0F;
  const float size = std::abs(d);
  const float m = math::expm1(size < kSmall ? size : 0.0F);
  const float near = math::log1p(m * m / (2.0F + 2.0F * m));
  const float far = size + math::log1p(math::exp(-2.0F * size)) - std::numbers::ln2_v<float>;
  return size < kSmall ? near : far;
}

const Op kLogCosh{
    .name = kName,
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float d) { return log_cosh_of(d); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy * tanh(y.input(0))}; },
};

}  // namespace

Value log_cosh(Operand predictions, Operand labels, Value weights) {
  require_same_shape(kName, predictions, labels.value);
  return mean_loss(kName, predictions, record(kLogCosh, {predictions - labels}), weights);
}

}  // namespace gradus
