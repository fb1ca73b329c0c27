#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "framework/experiment/experiment_model.h"

namespace gradus::experiment {

/// The places of the `count` highest scores, or of all, the best first; equal ones in their order.
std::vector<std::size_t> best_of(std::span<const float> scores, std::size_t count);

/// An item's id and its score.
using ScoredItem = std::pair<std::int32_t, float>;

/// The best items for a user, of these; see `score_pairs`.
std::vector<ScoredItem> top_items(const ExperimentModel& model, const Predictor& predictor,
                                  std::int32_t user, std::span<const std::int32_t> items,
                                  std::size_t count);

}  // namespace gradus::experiment
