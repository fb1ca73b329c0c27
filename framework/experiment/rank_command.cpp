#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/data/text_file.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/human.h"
#include "framework/experiment/ranked_items.h"
#include "framework/experiment/scorer.h"

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
  const std::vector<std::string_view> views(items.begin(), items.end());
  const RankedItems ranked =
      rank_items(scorer, arguments.user, views, static_cast<std::size_t>(arguments.top));
  for (const std::string& column : ranked.unknown) {
    const bool is_user = column == model.vocabularies.user()->name;
    note(arguments,
         is_user ? fmt::format("{} {} is unknown to the model", column, in_quotes(arguments.user))
                 : fmt::format("{} is unknown to the model", column));
  }
  for (const InputColumn& column : model.columns) {
    if (!column.number) continue;
    note(arguments, fmt::format("{} is not known, 0 is taken", column.name));
  }
  if (arguments.json) {
    print(ranked.json(arguments.user).text(2) + "\n");
    return;
  }
  std::string out =
      fmt::format("user {}: the best {} of {} items\n", arguments.user, ranked.items.size(),
                  human_count(static_cast<std::int64_t>(items.size())));
  int place = 0;
  for (const auto& [item, score, unknown] : ranked.items) {
    out += fmt::format("{:>4}  {:.4f}  {}{}\n", ++place, score, item, unknown ? "  (unknown)" : "");
  }
  print(out);
}

}  // namespace gradus::experiment
