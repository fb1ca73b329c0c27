#include "framework/ops/binary_cross_entropy_with_logits.h"

#include <cmath>

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/sigmoid.h"
#include "framework/ops/subtract.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "binary_cross_entropy_with_logits";

/// The cross-entropy of each element.
const Op kCrossEntropy{
    .name = kName,
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_same_shape(kName, x[0].shape(), x[1].shape());
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output, [](float x, float t) {
            return (x < 0 ? 0.0F : x) - x * t +
                   kernels::math::log1p(kernels::math::exp(-std::abs(x)));
          });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{dy * (sigmoid(y.input(0)) - y.input(1)), dy * scale(y.input(0), -1.0)};
        },
};

}  // namespace

Value binary_cross_entropy_with_logits(Operand logits, Operand labels, Value weights) {
  return mean_loss(kName, logits, record(kCrossEntropy, {logits, labels}), weights);
}

}  // namespace gradus
