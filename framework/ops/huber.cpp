#include "framework/ops/huber.h"

#include <algorithm>
#include <cmath>

#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/multiply.h"
#include "framework/ops/subtract.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "huber";

float delta_of(Value y) { return static_cast<float>(y.attribute<double>("delta")); }

Shape shape_of_first(std::span<const Value> x, const Attributes&) { return x[0].shape(); }

/// dy where |x| is at most delta, else 0: the gradient of `kKeptWithin`.
Value within(Operand dy, Operand x, double delta);

const Op kWithin{
    .name = "huber_second_gradient",
    .shape = shape_of_first,
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [delta = delta_of(c.node)](float dy, float x) {
                            return std::abs(x) <= delta ? dy : 0.0F;
                          });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{within(dy, y.input(1), y.attribute<double>("delta")), {}};
        },
};

Value within(Operand dy, Operand x, double delta) {
  return record(kWithin, {dy, x}, {{"delta", delta}});
}

/// x kept from -delta to delta; NaN stays NaN.
const Op kKeptWithin{
    .name = "huber_gradient",
    .shape = shape_of_first,
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [delta = delta_of(c.node)](float x) {
            return x > delta ? delta : x < -delta ? -delta : x;
          });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{within(dy, y.input(0), y.attribute<double>("delta"))};
        },
};

const Op kHuber{
    .name = kName,
    .shape = shape_of_first,
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [delta = delta_of(c.node)](float x) {
            const float size = std::abs(x);
            return size <= delta ? 0.5F * x * x : delta * (size - 0.5F * delta);
          });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{
              dy * record(kKeptWithin, {y.input(0)}, {{"delta", y.attribute<double>("delta")}})};
        },
};

}  // namespace

Value huber(Operand predictions, Operand labels, Value weights, double delta) {
  checked(predictions, [&] {
    if (!(delta > 0)) fail("{}: delta must be above 0, not {}", kName, delta);
    require_same_shape(kName, predictions.value.shape(), labels.value.shape());
  });
  const Value losses = record(kHuber, {predictions - labels}, {{"delta", delta}});
  return mean_loss(kName, predictions, losses, weights);
}

}  // namespace gradus
