#include "framework/experiment/top_items.h"

#include <algorithm>
#include <numeric>

namespace gradus::experiment {

std::vector<std::size_t> best_of(std::span<const float> scores, std::size_t count) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  count = std::min(order.size(), count);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
                    });
  order.resize(count);
  return order;
}

std::vector<ScoredItem> top_items(const ExperimentModel& model, const Predictor& predictor,
                                  std::int32_t user, std::span<const std::int32_t> items,
                                  std::size_t count) {
  const std::vector<std::int32_t> users(items.size(), user);
  const std::vector<float> scores = score_pairs(model, predictor, users, items);
  std::vector<ScoredItem> out;
  for (const std::size_t at : best_of(scores, count)) out.emplace_back(items[at], scores[at]);
  return out;
}

}  // namespace gradus::experiment
