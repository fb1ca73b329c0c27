#include "framework/experiment/ranked_items.h"

#include <algorithm>

#include "framework/experiment/top_items.h"

namespace gradus::experiment {
namespace {

/// Id columns for which the model had to take something unknown.
std::vector<std::string> unknown_columns(const ExperimentModel& model, std::string_view user,
                                         const std::vector<RankedItem>& ranked) {
  const auto* users = model.vocabularies.user();
  const auto* items = model.vocabularies.item();
  std::vector<std::string> out;
  for (const InputColumn& column : model.columns) {
    if (column.number) continue;
    bool unknown = true;  // nothing is said of columns that are neither
    if (column.name == users->name) {
      unknown = users->vocabulary.id(user) == Vocabulary::kOutOfVocabulary;
    } else if (column.name == items->name) {
      unknown = std::ranges::any_of(ranked, &RankedItem::unknown);
    }
    if (unknown) out.push_back(column.name);
  }
  return out;
}

}  // namespace

Json RankedItems::json(std::string_view user) const {
  Json list = Json::list();
  for (const RankedItem& ranked : items) {
    Json item = Json::object({{"item", ranked.item}, {"score", short_number(ranked.score)}});
    if (ranked.unknown) item["unknown"] = true;
    list.push_back(std::move(item));
  }
  return Json::object({{"user", user},
                       {"unknown", Json::List(unknown.begin(), unknown.end())},
                       {"items", std::move(list)}});
}

RankedItems rank_items(const Scorer& scorer, std::string_view user,
                       std::span<const std::string_view> items, std::size_t count) {
  const std::vector<float> scores = scorer.score(user, items);
  const Vocabulary& known = scorer.model().vocabularies.item()->vocabulary;
  RankedItems out;
  for (const std::size_t at : best_of(scores, count)) {
    out.items.push_back({.item = items[at],
                         .score = scores[at],
                         .unknown = known.id(items[at]) == Vocabulary::kOutOfVocabulary});
  }
  out.unknown = unknown_columns(scorer.model(), user, out.items);
  return out;
}

}  // namespace gradus::experiment
