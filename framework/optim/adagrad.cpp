#include "framework/optim/adagrad.h"

#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

GRADUS_CLONES
void update(const Elements& e, float epsilon) {
  float* w = e.parameter;
  float* accumulator = e.state[0];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    accumulator[i] += g * g;
    w[i] -= e.learning_rate * g / std::sqrt(accumulator[i] + epsilon);
  }
}

const Op kAdagrad = update_op("adagrad", 1, [](const Request& request) {
  const auto epsilon = static_cast<float>(request.node.attribute<double>("epsilon"));
  return update_kernel(request, [epsilon](const Elements& e) { update(e, epsilon); });
});

}  // namespace

std::vector<OptimizerState> Adagrad::state() const {
  return {{"accumulator", static_cast<float>(options_.initial_accumulator_value)}};
}

const Op& Adagrad::op() const { return kAdagrad; }

}  // namespace gradus
