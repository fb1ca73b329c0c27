#include "framework/optim/sgd.h"

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

GRADUS_CLONES
void update(const Elements& e) {
  for (std::int64_t i = 0; i < e.count; ++i) e.parameter[i] -= e.learning_rate * e.gradient[i];
}

GRADUS_CLONES
void update_with_momentum(const Elements& e, float momentum, bool nesterov) {
  float* velocity = e.state[0];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float step = e.learning_rate * e.gradient[i];
    velocity[i] = momentum * velocity[i] - step;
    e.parameter[i] += nesterov ? momentum * velocity[i] - step : velocity[i];
  }
}

const Op kSgd = update_op("sgd", 0, [](const Request& request) {
  return update_kernel(request, [](const Elements& e) { update(e); });
});

const Op kSgdWithMomentum = update_op("sgd", 1, [](const Request& request) {
  const auto momentum = static_cast<float>(request.node.attribute<double>("momentum"));
  const bool nesterov = request.node.attribute<bool>("nesterov");
  return update_kernel(request, [momentum, nesterov](const Elements& e) {
    update_with_momentum(e, momentum, nesterov);
  });
});

}  // namespace

std::vector<OptimizerState> Sgd::state() const {
  if (options_.momentum > 0) return {{"velocity", 0.0F}};
  return {};
}

const Op& Sgd::op() const { return options_.momentum > 0 ? kSgdWithMomentum : kSgd; }

}  // namespace gradus
