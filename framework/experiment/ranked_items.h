#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/json.h"
#include "framework/experiment/scorer.h"

namespace gradus::experiment {

/// An item and a user's score for it; unknown where the model has never seen it.
struct RankedItem {
  std::string_view item;
  float score = 0;
  bool unknown = false;
};

/// A user's best items.
struct RankedItems {
  std::vector<RankedItem> items;  ///< the best first; equal scores in the order of the candidates
  std::vector<std::string> unknown;  ///< id columns for which something unknown was taken

  /// {"user": "42", "unknown": [], "items": [{"item": "Speed (1994)", "score": 3.45}, …]}
  Json json(std::string_view user) const;
};

/// The user's `count` best of these items, or all, which must live as long as what is returned.
/// Throws Error as `Scorer::score` does.
RankedItems rank_items(const Scorer& scorer, std::string_view user,
                       std::span<const std::string_view> items, std::size_t count);

}  // namespace gradus::experiment
