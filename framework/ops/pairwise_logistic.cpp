#include "framework/ops/pairwise_logistic.h"

#include <cmath>

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/lists.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/sigmoid.h"

namespace gradus {
namespace {

/// log(1 + exp(-x)).  dx = -dy * sigmoid(-x).
const Op kLogistic{
    .name = "logistic_loss",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output,
                         [](float x) { return kernels::math::softplus(-x); });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{dy * scale(sigmoid(scale(y.input(0), -1.0)), -1.0)};
        },
};

}  // namespace

Value pairwise_logistic(Operand scores, Operand labels, Value weights) {
  check_lists("pairwise_logistic", scores, labels.value, weights);
  const Value losses = record(kLogistic, {pair_differences(scores.value)});
  const Value pairs = losses * pairs_above(labels.value, weights);
  return mean_over_lists(weights ? pairs * as_first_of_pairs(weights) : pairs);
}

}  // namespace gradus
