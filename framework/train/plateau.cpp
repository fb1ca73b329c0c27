#include "framework/train/plateau.h"

#include <algorithm>

namespace gradus {

void Plateau::observe(double value) {
  if (options_.patience == 0) return;
  if (state_.cooldown > 0) {
    --state_.cooldown;
    state_.waited = 0;
  }
  const double least = options_.minimum_improvement;
  const bool better =
      options_.higher_is_better ? value > state_.value + least : value < state_.value - least;
  if (state_.epochs++ == 0 || better) {
    state_.value = value;
    state_.waited = 0;
    return;
  }
  if (state_.cooldown > 0 || ++state_.waited < options_.patience) return;
  if (state_.factor <= options_.minimum_factor) return;
  state_.factor = std::max(state_.factor * options_.factor, options_.minimum_factor);
  state_.cooldown = options_.cooldown;
  state_.waited = 0;
}

}  // namespace gradus
