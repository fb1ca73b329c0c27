#include "framework/optim/adamax.h"

#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

struct Constants {
  explicit Constants(Value node)
      : beta_1(node.attribute<double>("beta_1")),
        beta_2(static_cast<float>(node.attribute<double>("beta_2"))),
        epsilon(static_cast<float>(node.attribute<double>("epsilon"))) {}

  double beta_1;
  float beta_2;
  float epsilon;
};

GRADUS_CLONES
void update(const Elements& e, const Constants& c) {
  const auto rate = static_cast<float>(static_cast<double>(e.learning_rate) /
                                       (1.0 - std::pow(c.beta_1, static_cast<double>(e.step))));
  const auto fresh = static_cast<float>(1.0 - c.beta_1);
  float* mean = e.state[0];
  float* largest = e.state[1];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    mean[i] += fresh * (g - mean[i]);
    const float before = c.beta_2 * largest[i];
    const float size = std::abs(g);
    largest[i] = before < size ? size : before;
    e.parameter[i] -= rate * mean[i] / (largest[i] + c.epsilon);
  }
}

const Op kAdamax = update_op("adamax", 2, [](const Request& request) {
  return update_kernel(
      request, [constants = Constants(request.node)](const Elements& e) { update(e, constants); });
});

}  // namespace

std::vector<OptimizerState> Adamax::state() const { return {{"mean", 0.0F}, {"largest", 0.0F}}; }

const Op& Adamax::op() const { return kAdamax; }

}  // namespace gradus
