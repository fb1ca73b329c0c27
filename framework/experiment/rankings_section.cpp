#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "framework/experiment/human.h"
#include "framework/experiment/report_sections.h"
#include "framework/experiment/top_items.h"
#include "framework/train/spread.h"

namespace gradus::experiment {
namespace {

constexpr std::int32_t kUsers = 5;
constexpr std::int32_t kMostItems = 20'000;
constexpr std::size_t kTop = 10;

/// What a user has rated, by item.
using Ratings = std::map<std::int32_t, float>;

/// Of the rows that are for training, the user's.
Ratings ratings_of(const MeasuredRows& rows, std::int32_t user) {
  Ratings out;
  const auto& users = rows.data.user()->ids;
  const auto& items = rows.data.item()->ids;
  for (const std::int32_t row : rows.split.train) {
    const auto at = static_cast<std::size_t>(row);
    if (users[at] == user) out[items[at]] = rows.data.labels()[at];
  }
  return out;
}

ReportTable table_of(const std::string& user, const Vocabulary& titles,
                     const std::vector<ScoredItem>& items, const Ratings* ratings) {
  ReportTable out{.title = user, .columns = {"", "item"}, .rows = {}, .words = 2};
  out.columns.emplace_back("score");
  if (ratings != nullptr) {
    out.title +=
        fmt::format(", {} training rows", human_count(static_cast<std::int64_t>(ratings->size())));
    out.columns.emplace_back("trained label");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& [item, score] = items[i];
    Cells cells = {std::to_string(i + 1), std::string(titles.string(item)), human_figure(score)};
    if (ratings != nullptr) {
      const auto rated = ratings->find(item);
      cells.push_back(rated == ratings->end() ? "" : fmt::format("{:.6g}", rated->second));
    }
    out.rows.push_back(std::move(cells));
  }
  return out;
}

}  // namespace

ReportSection rankings_section(const ExperimentModel& model, const MeasuredRows* rows) {
  ReportSection out{.id = "rankings", .title = "Sample rankings"};
  const auto* users = model.vocabularies.user();
  const auto* items = model.vocabularies.item();
  if (!users || !items || users->vocabulary.size() == 0 || items->vocabulary.size() == 0) {
    out.text = {"The data have no user and no item column, so there is nobody to rank for."};
    return out;
  }
  const Predictor predictor(*model.model, *model.task, model.columns);
  const std::vector<std::int32_t> candidates = spread_ids(items->vocabulary, kMostItems);
  std::map<std::int32_t, std::int32_t> lists;  // in how many an item is
  const std::vector<std::int32_t> some = spread_ids(users->vocabulary, kUsers);
  for (const std::int32_t user : some) {
    const auto best = top_items(model, predictor, user, candidates, kTop);
    for (const auto& [item, score] : best) ++lists[item];
    Ratings ratings;
    if (rows != nullptr) ratings = ratings_of(*rows, user);
    const std::string title = fmt::format("{} {}", users->name, users->vocabulary.string(user));
    out.blocks.push_back(
        table_of(title, items->vocabulary, best, rows == nullptr ? nullptr : &ratings).json());
  }
  const auto in_all = std::ranges::count_if(lists, [&](const auto& entry) {
    return entry.second == static_cast<std::int32_t>(some.size());
  });
  const auto count = static_cast<std::int64_t>(candidates.size());
  out.text = {fmt::format(
      "The best {} of {} {} for {} users, spread evenly through all {}. {} items are in all of "
      "these lists.",
      std::min<std::int64_t>(kTop, count), human_count(count),
      candidates.size() == static_cast<std::size_t>(items->vocabulary.size())
          ? "items"
          : fmt::format("items, spread evenly through all {},",
                        human_count(items->vocabulary.size())),
      some.size(), human_count(users->vocabulary.size()), in_all)};
  if (model.columns.size() > 2) {
    out.text.emplace_back(
        "Columns other than the user's and the item's are unknown to the model here, numbers are "
        "0.");
  }
  return out;
}

}  // namespace gradus::experiment
