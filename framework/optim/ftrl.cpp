#include "framework/optim/ftrl.h"

#include <algorithm>
#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

struct Constants {
  explicit Constants(Value node)
      : power(static_cast<float>(-node.attribute<double>("learning_rate_power"))),
        l1(static_cast<float>(node.attribute<double>("l1"))),
        l2(static_cast<float>(node.attribute<double>("l2"))),
        beta(static_cast<float>(node.attribute<double>("beta"))) {}

  float power;
  float l1;
  float l2;
  float beta;
};

template <class Power>
[[gnu::always_inline]] inline void step(const Elements& e, const Constants& c, Power power) {
  const float inverse = 1.0F / e.learning_rate;
  float* sum = e.state[0];
  float* linear = e.state[1];
  for (std::int64_t i = 0; i < e.count; ++i) {
    const float g = e.gradient[i];
    const float new_sum = sum[i] + g * g;
    const float new_power = power(new_sum);
    linear[i] += g - (new_power - power(sum[i])) * inverse * e.parameter[i];
    sum[i] = new_sum;
    const float curvature = (new_power + c.beta) * inverse + 2.0F * c.l2;
    const float z = linear[i];
    const float kept = (z > c.l1 ? c.l1 : z < -c.l1 ? -c.l1 : z) - z;
    e.parameter[i] = kept == 0.0F ? 0.0F : kept / curvature;
  }
}

GRADUS_CLONES
void update_by_root(const Elements& e, const Constants& c) {
  step(e, c, [](float x) { return std::sqrt(x); });
}

void update_by_power(const Elements& e, const Constants& c) {
  step(e, c, [&c](float x) { return std::pow(x, c.power); });
}

const Op kFtrl = update_op("ftrl", 2, [](const Request& request) {
  const Constants constants(request.node);
  const auto update = constants.power == 0.5F ? update_by_root : update_by_power;
  return update_kernel(request, [constants, update](const Elements& e) { update(e, constants); });
});

}  // namespace

std::vector<OptimizerState> Ftrl::state() const {
  return {{"sum", static_cast<float>(options_.initial_accumulator_value)}, {"linear", 0.0F}};
}

const Op& Ftrl::op() const { return kFtrl; }

}  // namespace gradus
