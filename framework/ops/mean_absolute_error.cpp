#include "framework/ops/mean_absolute_error.h"

#include <cmath>

#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/multiply.h"
#include "framework/ops/subtract.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "mean_absolute_error";

/// -1, 0 or 1; constant but for the jump.
const Op kSign{
    .name = "sign",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) {
            return static_cast<float>(static_cast<int>(x > 0) - static_cast<int>(x < 0));
          });
        },
    .gradient = [](Value, Value) { return Gradients{{}}; },
};

const Op kAbsoluteError{
    .name = "absolute_error",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float x) { return std::abs(x); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{dy * record(kSign, {y.input(0)})}; },
};

}  // namespace

Value mean_absolute_error(Operand predictions, Operand labels, Value weights) {
  require_same_shape(kName, predictions, labels.value);
  return mean_loss(kName, predictions, record(kAbsoluteError, {predictions - labels}), weights);
}

}  // namespace gradus
