#include "framework/optim/rowwise_adagrad.h"

#include <cmath>

#include "framework/kernels/clones.h"

namespace gradus {
namespace {

GRADUS_CLONES
void update(const Elements& e, float epsilon) {
  const float* g = e.gradient;
  float* w = e.parameter;
  for (std::int64_t row = 0; row * e.row < e.count; ++row, g += e.row, w += e.row) {
    double squares = 0;
    for (std::int64_t i = 0; i < e.row; ++i) squares += static_cast<double>(g[i] * g[i]);
    float& accumulator = e.state[0][row];
    accumulator += static_cast<float>(squares / static_cast<double>(e.row));
    if (squares == 0) continue;  // without an epsilon, and nothing so far, 0 / 0
    const float rate = e.learning_rate / (std::sqrt(accumulator) + epsilon);
    for (std::int64_t i = 0; i < e.row; ++i) w[i] -= rate * g[i];
  }
}

const Op kRowwiseAdagrad = update_op("rowwise_adagrad", 1, [](const Request& request) {
  const auto epsilon = static_cast<float>(request.node.attribute<double>("epsilon"));
  return update_kernel(request, [epsilon](const Elements& e) { update(e, epsilon); });
});

}  // namespace

std::vector<OptimizerState> RowwiseAdagrad::state() const {
  return {{"accumulator", static_cast<float>(options_.initial_accumulator_value), true}};
}

const Op& RowwiseAdagrad::op() const { return kRowwiseAdagrad; }

}  // namespace gradus
