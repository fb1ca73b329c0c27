#include "framework/optim/lamb.h"

#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

struct Constants {
  explicit Constants(Value node)
      : beta_1(node.attribute<double>("beta_1")),
        beta_2(node.attribute<double>("beta_2")),
        epsilon(static_cast<float>(node.attribute<double>("epsilon"))),
        decay(static_cast<float>(node.attribute<double>("decay_in_step"))) {}

  double beta_1;
  double beta_2;
  float epsilon;
  float decay;
};

/// What a mean that started at 0 is multiplied by.
float correction(double beta, const Elements& e) {
  return static_cast<float>(1.0 / (1.0 - std::pow(beta, static_cast<double>(e.step))));
}

/// Moves the means on; the squares of the weights and of their steps, summed.
GRADUS_CLONES
Measured measure(const Elements& e, const Constants& c) {
  const auto new_1 = static_cast<float>(1.0 - c.beta_1);
  const auto new_2 = static_cast<float>(1.0 - c.beta_2);
  const float of_mean = correction(c.beta_1, e);
  const float of_square = correction(c.beta_2, e);
  Measured sums = {};
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    const float w = e.parameter[i];
    float& mean = e.state[0][i];
    float& square = e.state[1][i];
    mean += new_1 * (g - mean);
    square += new_2 * (g * g - square);
    const float step = of_mean * mean / (std::sqrt(of_square * square) + c.epsilon) + c.decay * w;
    sums[0] += static_cast<double>(w) * static_cast<double>(w);
    sums[1] += static_cast<double>(step) * static_cast<double>(step);
  }
  return sums;
}

GRADUS_CLONES
void update(const Elements& e, const Constants& c) {
  const float of_mean = correction(c.beta_1, e);
  const float of_square = correction(c.beta_2, e);
  const auto [weights, steps] = e.measured;
  const double ratio = weights > 0 && steps > 0 ? std::sqrt(weights / steps) : 1.0;
  const auto rate = static_cast<float>(ratio * static_cast<double>(e.learning_rate));
  for (std::int64_t i = 0; i < e.count; ++i) {
    float& w = e.parameter[i];
    const float step =
        of_mean * e.state[0][i] / (std::sqrt(of_square * e.state[1][i]) + c.epsilon) + c.decay * w;
    w -= rate * step;
  }
}

const Op kLamb = update_op("lamb", 2, [](const Request& request) {
  const Constants constants(request.node);
  return update_kernel(
      request,
      MeasuringRule{
          .measure = [constants](const Elements& e) { return measure(e, constants); },
          .combine = [](Measured a, Measured b) { return Measured{a[0] + b[0], a[1] + b[1]}; },
          .none = {},
          .update = [constants](const Elements& e) { update(e, constants); }});
});

}  // namespace

std::vector<OptimizerState> Lamb::state() const { return {{"mean", 0.0F}, {"square", 0.0F}}; }

Attributes Lamb::attributes() const {
  return {{"beta_1", options_.beta_1},
          {"beta_2", options_.beta_2},
          {"epsilon", options_.epsilon},
          {"decay_in_step", options_.weight_decay}};
}

const Op& Lamb::op() const { return kLamb; }

}  // namespace gradus
