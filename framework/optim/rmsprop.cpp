#include "framework/optim/rmsprop.h"

#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

struct Constants {
  explicit Constants(Value node)
      : fresh(static_cast<float>(1.0 - node.attribute<double>("rho"))),
        momentum(static_cast<float>(node.attribute<double>("momentum"))),
        epsilon(static_cast<float>(node.attribute<double>("epsilon"))) {}

  float fresh;
  float momentum;
  float epsilon;
};

/// `mean` of the gradients and the last step's `velocity` are null where they are not kept.
GRADUS_CLONES
void update(const Elements& e, const Constants& c, float* mean, float* velocity) {
  float* square = e.state[0];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    square[i] += c.fresh * (g * g - square[i]);
    float variance = square[i];
    if (mean != nullptr) {
      mean[i] += c.fresh * (g - mean[i]);
      variance -= mean[i] * mean[i];
    }
    float step = e.learning_rate * g / std::sqrt(variance + c.epsilon);
    if (velocity != nullptr) {
      velocity[i] = c.momentum * velocity[i] + step;
      step = velocity[i];
    }
    e.parameter[i] -= step;
  }
}

template <bool centered, bool with_momentum>
Kernel prepare(const Request& request) {
  return update_kernel(request, [constants = Constants(request.node)](const Elements& e) {
    float* mean = centered ? e.state[1] : nullptr;
    float* velocity = with_momentum ? e.state[centered ? 2 : 1] : nullptr;
    update(e, constants, mean, velocity);
  });
}

const Op kPlain = update_op("rmsprop", 1, prepare<false, false>);
const Op kWithMomentum = update_op("rmsprop", 2, prepare<false, true>);
const Op kCentered = update_op("rmsprop", 2, prepare<true, false>);
const Op kCenteredWithMomentum = update_op("rmsprop", 3, prepare<true, true>);

}  // namespace

std::vector<OptimizerState> RmsProp::state() const {
  std::vector<OptimizerState> state{{"square", 0.0F}};
  if (options_.centered) state.push_back({"mean", 0.0F});
  if (options_.momentum > 0) state.push_back({"velocity", 0.0F});
  return state;
}

const Op& RmsProp::op() const {
  if (options_.momentum > 0) return options_.centered ? kCenteredWithMomentum : kWithMomentum;
  return options_.centered ? kCentered : kPlain;
}

}  // namespace gradus
