#include "framework/optim/clippy_adagrad.h"

#include <algorithm>
#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

struct Constants {
  explicit Constants(Value node)
      : of_variable(number(node, "variable_relative_threshold")),
        of_accumulator(number(node, "accumulator_relative_threshold")),
        absolute(number(node, "absolute_threshold")),
        epsilon(number(node, "epsilon")),
        clip_accumulator(node.attribute<bool>("clip_accumulator_update")) {}

  static float number(Value node, std::string_view name) {
    return static_cast<float>(node.attribute<double>(name));
  }

  float of_variable;
  float of_accumulator;
  float absolute;
  float epsilon;
  bool clip_accumulator;
};

/// The largest share of the step, up to 1, that changes none of the elements too much.
GRADUS_CLONES
float share(const Elements& e, const Constants& c) {
  float least = 1.0F;
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float inverse = 1.0F / std::sqrt(e.state[0][i] + c.epsilon);
    const float size = std::abs(e.learning_rate * e.gradient[i] * inverse);
    const float most =
        c.absolute + c.of_variable * std::abs(e.parameter[i]) + c.of_accumulator * inverse;
    const float own = size == 0.0F ? 1.0F : most / size;
    least = own < least ? own : least;
  }
  return least;
}

GRADUS_CLONES
void update(const Elements& e, const Constants& c) {
  const auto share = static_cast<float>(e.measured[0]);
  const float of_gradient = c.clip_accumulator ? share : 1.0F;
  float* accumulator = e.state[0];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    e.parameter[i] -= share * (e.learning_rate * g / std::sqrt(accumulator[i] + c.epsilon));
    const float taken = of_gradient * g;
    accumulator[i] += taken * taken;
  }
}

const Op kClippyAdagrad = update_op("clippy_adagrad", 1, [](const Request& request) {
  const Constants constants(request.node);
  return update_kernel(
      request,
      MeasuringRule{
          .measure =
              [constants](const Elements& e) {
                return Measured{static_cast<double>(share(e, constants)), 0.0};
              },
          .combine = [](Measured a, Measured b) { return Measured{std::min(a[0], b[0]), 0.0}; },
          .none = {1.0, 0.0},
          .update = [constants](const Elements& e) { update(e, constants); }});
});

}  // namespace

std::vector<OptimizerState> ClippyAdagrad::state() const {
  return {{"accumulator", static_cast<float>(options_.initial_accumulator_value)}};
}

Attributes ClippyAdagrad::attributes() const {
  return {{"variable_relative_threshold", options_.variable_relative_threshold},
          {"accumulator_relative_threshold", options_.accumulator_relative_threshold},
          {"absolute_threshold", options_.absolute_threshold},
          {"epsilon", options_.epsilon},
          {"clip_accumulator_update", options_.clip_accumulator_update}};
}

const Op& ClippyAdagrad::op() const { return kClippyAdagrad; }

}  // namespace gradus
