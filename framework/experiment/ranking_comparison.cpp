#include "framework/experiment/ranking_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <unordered_map>

#include "framework/core/error.h"
#include "framework/experiment/scorer.h"
#include "framework/experiment/top_items.h"
#include "framework/train/spread.h"

namespace gradus::experiment {
namespace {

constexpr std::int64_t kUsers = 50;
constexpr std::size_t kExamples = 3;
constexpr std::size_t kTop = 10;

/// A model and the order in which it gives a user all of its items.
class Ranker {
 public:
  Ranker(const std::filesystem::path& run, const Catalogues& catalogues)
      : model_(load_model(run, catalogues)) {
    if (!model_.vocabularies.user() || !model_.vocabularies.item()) {
      fail("{}: has no user and no item column", run.string());
    }
    items_.resize(static_cast<std::size_t>(items().size()));
    std::iota(items_.begin(), items_.end(), 1);
    predictor_ = std::make_unique<Predictor>(*model_.model, *model_.task, model_.columns);
  }

  const Vocabulary& users() const { return model_.vocabularies.user()->vocabulary; }
  const Vocabulary& items() const { return model_.vocabularies.item()->vocabulary; }

  /// The best items' ids.
  std::vector<std::int32_t> best(std::string_view user, std::size_t count) const {
    std::vector<std::int32_t> out;
    for (const auto& [item, score] :
         top_items(model_, *predictor_, users().id(user), items_, count)) {
      out.push_back(item);
    }
    return out;
  }

 private:
  ExperimentModel model_;
  std::vector<std::int32_t> items_;
  std::unique_ptr<Predictor> predictor_;
};

/// Users that both know, spread evenly through the first's.
std::vector<std::string> common_users(const Ranker& first, const Ranker& other) {
  std::vector<std::string> common;
  for (std::int32_t id = 1; id <= first.users().size(); ++id) {
    const std::string_view user = first.users().string(id);
    if (other.users().id(user) != Vocabulary::kOutOfVocabulary) common.emplace_back(user);
  }
  const auto size = static_cast<std::int64_t>(common.size());
  const std::int64_t count = std::min(kUsers, size);
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(count));
  for (std::int64_t k = 0; k < count; ++k) {
    out.push_back(common[static_cast<std::size_t>(k * size / count)]);
  }
  return out;
}

std::vector<std::string_view> titles(const Ranker& ranker, const std::vector<std::int32_t>& items) {
  std::vector<std::string_view> out;
  out.reserve(items.size());
  for (const std::int32_t item : items) out.push_back(ranker.items().string(item));
  return out;
}

ComparedUser compare_user(const Ranker& first, const Ranker& other, const std::string& user) {
  constexpr auto kAll = static_cast<std::size_t>(-1);
  const auto a = titles(first, first.best(user, kAll));
  const auto b = titles(other, other.best(user, kAll));
  std::unordered_map<std::string_view, std::int64_t> places_a;
  std::unordered_map<std::string_view, std::int64_t> places_b;
  for (const std::string_view item : a) places_a.emplace(item, 1 + places_a.size());
  for (const std::string_view item : b) places_b.emplace(item, 1 + places_b.size());
  const auto place = [](const auto& places, std::string_view item) {
    const auto found = places.find(item);
    return found == places.end() ? 0 : found->second;
  };
  ComparedUser out{.user = user, .common = 0, .items = {}};
  for (std::size_t i = 0; i < std::min(kTop, a.size()); ++i) {
    const std::int64_t there = place(places_b, a[i]);
    if (there > 0 && there <= static_cast<std::int64_t>(kTop)) ++out.common;
    out.items.push_back({std::string(a[i]), static_cast<std::int64_t>(i) + 1, there});
  }
  for (std::size_t i = 0; i < std::min(kTop, b.size()); ++i) {
    const std::int64_t here = place(places_a, b[i]);
    if (here > 0 && here <= static_cast<std::int64_t>(kTop)) continue;  // is there already
    out.items.push_back({std::string(b[i]), here, static_cast<std::int64_t>(i) + 1});
  }
  return out;
}

std::int64_t common_items(const Ranker& first, const Ranker& other, const std::string& user) {
  const auto a = titles(first, first.best(user, kTop));
  const auto b = titles(other, other.best(user, kTop));
  return std::ranges::count_if(
      a, [&b](std::string_view item) { return std::ranges::find(b, item) != b.end(); });
}

ComparedRankings compare(const Ranker& first, const Ranker& other, const std::string& name) {
  ComparedRankings out{.run = name};
  const std::vector<std::string> users = common_users(first, other);
  bool common = false;
  for (std::int32_t id = 1; id <= first.items().size() && !common; ++id) {
    common = other.items().id(first.items().string(id)) != Vocabulary::kOutOfVocabulary;
  }
  if (users.empty() || !common) {
    out.problem = users.empty() ? "no user is known to both" : "no item is known to both";
    return out;
  }
  out.users = static_cast<std::int64_t>(users.size());
  for (const std::string& user : users) {
    out.common +=
        static_cast<double>(common_items(first, other, user)) / static_cast<double>(out.users);
  }
  const std::size_t examples = std::min(kExamples, users.size());
  for (std::size_t k = 0; k < examples; ++k) {
    out.examples.push_back(compare_user(first, other, users[k * users.size() / examples]));
  }
  return out;
}

}  // namespace

std::vector<ComparedRankings> compare_rankings(const std::vector<std::filesystem::path>& runs,
                                               const std::vector<std::string>& names,
                                               const Catalogues& catalogues) {
  std::vector<ComparedRankings> out;
  std::unique_ptr<Ranker> first;
  std::string problem;
  try {
    first = std::make_unique<Ranker>(runs.front(), catalogues);
  } catch (const Error& error) {
    problem = error.what();
  }
  for (std::size_t i = 1; i < runs.size(); ++i) {
    try {
      if (!first) throw Error(problem);
      out.push_back(compare(*first, Ranker(runs[i], catalogues), names[i]));
    } catch (const Error& error) {
      out.push_back({.run = names[i], .problem = error.what()});
    }
  }
  return out;
}

}  // namespace gradus::experiment
