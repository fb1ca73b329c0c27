#include "framework/optim/adadelta.h"

#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

GRADUS_CLONES
void update(const Elements& e, float fresh, float epsilon) {
  float* square = e.state[0];
  float* step_square = e.state[1];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    square[i] += fresh * (g * g - square[i]);
    const float step = std::sqrt(step_square[i] + epsilon) / std::sqrt(square[i] + epsilon) * g;
    step_square[i] += fresh * (step * step - step_square[i]);
    e.parameter[i] -= e.learning_rate * step;
  }
}

const Op kAdadelta = update_op("adadelta", 2, [](const Request& request) {
  const auto fresh = static_cast<float>(1.0 - request.node.attribute<double>("rho"));
  const auto epsilon = static_cast<float>(request.node.attribute<double>("epsilon"));
  return update_kernel(request, [fresh, epsilon](const Elements& e) { update(e, fresh, epsilon); });
});

}  // namespace

std::vector<OptimizerState> Adadelta::state() const {
  return {{"square", 0.0F}, {"step_square", 0.0F}};
}

const Op& Adadelta::op() const { return kAdadelta; }

}  // namespace gradus
