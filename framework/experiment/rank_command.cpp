#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/data/text_file.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/human.h"
#include "framework/experiment/scorer.h"
#include "framework/experiment/top_items.h"

namespace gradus::experiment {
namespace {

using Texts = std::set<std::string, std::less<>>;

/// The lines of a file, each once, in order; empty ones are passed over.
std::vector<std::string> lines(const std::string& file) {
  std::vector<std::string> out;
  Texts seen;
  TextFile text(file);
  while (const auto line = text.next()) {
    std::string_view item = *line;
    if (item.ends_with('\r')) item.remove_suffix(1);
    if (!item.empty() && seen.emplace(item).second) out.emplace_back(item);
  }
  return out;
}

/// What the user has rated, in training and test.
Texts seen_items(const ExperimentModel& model, const std::string& user) {
  try {
    const Table table = read_table(model.config);
    const Column& users = table.column(model.vocabularies.user()->name);
    const Column& items = table.column(model.vocabularies.item()->name);
    Texts out;
    const auto code = users.strings.find(user);
    for (std::size_t row = 0; code && row < users.codes.size(); ++row) {
      if (users.codes[row] == *code) out.emplace(items.strings[items.codes[row]]);
    }
    return out;
  } catch (const Error& error) {
    throw Error(fmt::format("rank --exclude-seen needs the data that the run was trained on: {}",
                            error.what()));
  }
}

/// What is to be ranked, less what is excluded.
std::vector<std::string> candidates(const ExperimentModel& model, const RankArguments& arguments) {
  const Vocabulary& known = model.vocabularies.item()->vocabulary;
  std::vector<std::string> items;
  if (arguments.items.empty()) {
    for (std::int32_t id = 1; id <= known.size(); ++id) items.emplace_back(known.string(id));
  } else {
    items = lines(arguments.items);
  }
  Texts excluded;
  if (arguments.exclude_seen) excluded = seen_items(model, arguments.user);
  if (!arguments.exclude.empty()) {
    for (std::string& item : lines(arguments.exclude)) {
      if (known.id(item) == Vocabulary::kOutOfVocabulary) {
        note(arguments,
             fmt::format("{}: {} is unknown to the model", arguments.exclude, in_quotes(item)));
      }
      excluded.insert(std::move(item));
    }
  }
  std::erase_if(items, [&](const std::string& item) { return excluded.contains(item); });
  return items;
}

struct Ranked {
  std::string_view item;
  float score;
  bool unknown;
};

/// The best first; equal scores in the order of the candidates.
std::vector<Ranked> best(const Scorer& scorer, const RankArguments& arguments,
                         const std::vector<std::string>& items) {
  const std::vector<std::string_view> views(items.begin(), items.end());
  const std::vector<float> scores = scorer.score(arguments.user, views);
  const Vocabulary& known = scorer.model().vocabularies.item()->vocabulary;
  std::vector<Ranked> out;
  for (const std::size_t at : best_of(scores, static_cast<std::size_t>(arguments.top))) {
    const std::string_view item = views[at];
    out.push_back({item, scores[at], known.id(item) == Vocabulary::kOutOfVocabulary});
  }
  return out;
}

/// Id columns for which the model had to take something unknown.
std::vector<std::string> unknown_columns(const ExperimentModel& model, const std::string& user,
                                         const std::vector<Ranked>& ranked) {
  const auto* users = model.vocabularies.user();
  const auto* items = model.vocabularies.item();
  std::vector<std::string> out;
  for (const auto& [column, number] : model.columns) {
    if (number) continue;
    bool unknown = true;  // nothing is said of columns that are neither
    if (column == users->name) {
      unknown = users->vocabulary.id(user) == Vocabulary::kOutOfVocabulary;
    } else if (column == items->name) {
      unknown = std::ranges::any_of(ranked, [](const Ranked& r) { return r.unknown; });
    }
    if (unknown) out.push_back(column);
  }
  return out;
}

}  // namespace

void rank(const RankArguments& arguments, const Catalogues& catalogues) {
  use_threads(arguments);
  const Scorer scorer(arguments.run, catalogues.models);
  const ExperimentModel& model = scorer.model();
  if (!model.vocabularies.user() || !model.vocabularies.item()) {
    fail("rank: {} was trained on data without a user and an item column", arguments.run);
  }
  const std::vector<std::string> items = candidates(model, arguments);
  if (items.empty()) fail("rank: no item is left to be ranked");
  const std::vector<Ranked> ranked = best(scorer, arguments, items);
  const auto unknown = unknown_columns(model, arguments.user, ranked);
  for (const std::string& column : unknown) {
    const bool is_user = column == model.vocabularies.user()->name;
    note(arguments,
         is_user ? fmt::format("{} {} is unknown to the model", column, in_quotes(arguments.user))
                 : fmt::format("{} is unknown to the model", column));
  }
  for (const auto& [column, number] : model.columns) {
    if (number) note(arguments, fmt::format("{} is not known, 0 is taken", column));
  }
  if (arguments.json) {
    Json list = Json::list();
    for (const Ranked& r : ranked) {
      Json item =
          Json::object({{"item", r.item}, {"score", *parse_number(fmt::format("{}", r.score))}});
      if (r.unknown) item["unknown"] = true;
      list.push_back(std::move(item));
    }
    print(Json::object({{"user", arguments.user},
                        {"unknown", Json::List(unknown.begin(), unknown.end())},
                        {"items", std::move(list)}})
              .text(2) +
          "\n");
    return;
  }
  std::string out = fmt::format("user {}: the best {} of {} items\n", arguments.user, ranked.size(),
                                human_count(static_cast<std::int64_t>(items.size())));
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    out += fmt::format("{:>4}  {:.4f}  {}{}\n", i + 1, ranked[i].score, ranked[i].item,
                       ranked[i].unknown ? "  (unknown)" : "");
  }
  print(out);
}

}  // namespace gradus::experiment
