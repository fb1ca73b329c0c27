#include "framework/ops/log_cosh.h"

#include <cmath>
#include <numbers>

#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/multiply.h"
#include "framework/ops/subtract.h"
#include "framework/ops/tanh.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "log_cosh";

/// cosh(d) = 1 + 2 sinh²(d/2): exact for small d, where |d| + log1p(exp(-2|d|)) - log 2 would
/// cancel; that one never overflows.
float log_cosh_of(float d) {
  constexpr float kSmall = 1.0F;
  constexpr float kHalf = 0.5F;
  const float size = std::abs(d);
  if (size < kSmall) {
    const float sinh = std::sinh(kHalf * d);
    return std::log1p(2.0F * sinh * sinh);
  }
  return size + std::log1p(std::exp(-2.0F * size)) - std::numbers::ln2_v<float>;
}

const Op kLogCosh{
    .name = kName,
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run = [](const Call& c) { kernels::unary(c.inputs[0], c.output, log_cosh_of); },
    .gradient = [](Value y, Value dy) { return Gradients{dy * tanh(y.input(0))}; },
};

}  // namespace

Value log_cosh(Operand predictions, Operand labels, Value weights) {
  require_same_shape(kName, predictions, labels.value);
  return mean_loss(kName, predictions, record(kLogCosh, {predictions - labels}), weights);
}

}  // namespace gradus
