#include "framework/train/early_stopping.h"

namespace gradus {

bool EarlyStopping::observe(std::int64_t epoch, std::int64_t step, double value) {
  const double gain = options_.higher_is_better ? value - state_.value : state_.value - value;
  if (state_.epoch > 0 && !(gain > options_.minimum_improvement)) {
    ++state_.waited;
    return false;
  }
  state_ = {.epoch = epoch, .step = step, .value = value};
  return true;
}

}  // namespace gradus
