#include "framework/optim/adam.h"

#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

struct Constants {
  explicit Constants(Value node)
      : beta_1(node.attribute<double>("beta_1")),
        beta_2(node.attribute<double>("beta_2")),
        epsilon(static_cast<float>(node.attribute<double>("epsilon"))) {}

  /// The learning rate corrected for averages that started at zero.
  float rate(const Elements& e) const {
    const auto step = static_cast<double>(e.step);
    return static_cast<float>(static_cast<double>(e.learning_rate) *
                              std::sqrt(1.0 - std::pow(beta_2, step)) /
                              (1.0 - std::pow(beta_1, step)));
  }

  double beta_1;
  double beta_2;
  float epsilon;
};

GRADUS_CLONES
void update(const Elements& e, const Constants& constants, bool amsgrad) {
  const float rate = constants.rate(e);
  const auto new_1 = static_cast<float>(1.0 - constants.beta_1);
  const auto new_2 = static_cast<float>(1.0 - constants.beta_2);
  float* mean = e.state[0];
  float* square = e.state[1];
  float* largest = amsgrad ? e.state[2] : e.state[1];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    mean[i] += new_1 * (g - mean[i]);
    square[i] += new_2 * (g * g - square[i]);
    if (amsgrad) largest[i] = largest[i] < square[i] ? square[i] : largest[i];
    e.parameter[i] -= rate * mean[i] / (std::sqrt(largest[i]) + constants.epsilon);
  }
}

const Op kAdam = update_op("adam", 2, [](const Request& request) {
  return update_kernel(request, [constants = Constants(request.node)](const Elements& e) {
    update(e, constants, false);
  });
});

const Op kAmsgrad = update_op("adam", 3, [](const Request& request) {
  return update_kernel(request, [constants = Constants(request.node)](const Elements& e) {
    update(e, constants, true);
  });
});

}  // namespace

std::vector<OptimizerState> Adam::state() const {
  std::vector<OptimizerState> state{{"mean", 0.0F}, {"square", 0.0F}};
  if (options_.amsgrad) state.push_back({"largest_square", 0.0F});
  return state;
}

const Op& Adam::op() const { return options_.amsgrad ? kAmsgrad : kAdam; }

}  // namespace gradus
