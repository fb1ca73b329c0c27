#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "framework/core/error.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/evaluation.h"
#include "framework/experiment/experiment_model.h"
#include "framework/experiment/human.h"

namespace gradus::experiment {
namespace {

/// For each id column that the model reads, how many of the rows are unknown to it.
Json unknown_rows(const ExperimentModel& model, const Encoded& data,
                  const std::vector<std::int32_t>& rows) {
  Json out = Json::object();
  for (const InputColumn& column : model.columns) {
    if (column.number) continue;
    const auto ids = data.ids(column.name);
    out[column.name] = std::ranges::count_if(rows, [&](std::int32_t row) {
      return ids[static_cast<std::size_t>(row)] == Vocabulary::kOutOfVocabulary;
    });
  }
  return out;
}

std::vector<std::int32_t> all_rows(const Table& table) {
  std::vector<std::int32_t> rows(static_cast<std::size_t>(table.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace

void evaluate(const EvaluateArguments& arguments, const Catalogues& catalogues) {
  use_threads(arguments);
  const ExperimentModel model = load_model(arguments.run, catalogues);
  const bool own = arguments.data.empty();
  const Table table = own ? read_table(model.config) : read_csv(model, arguments.data, true);
  const Split split = own ? split_rows(model.config, table) : Split{.test = all_rows(table)};
  const Encoded data = model.encode(table);

  const TestResult result = evaluate_model(model, data, split);
  Json json = result.json();
  json["unknown"] = unknown_rows(model, data, split.test);
  for (const auto& [column, count] : json["unknown"].members()) {
    if (count == Json(0)) continue;
    note(arguments, fmt::format("{}: unknown to the model in {} rows", column,
                                human_count(*count.get_if<std::int64_t>())));
  }
  print(arguments.json ? json.text(2) + "\n" : result.text());
}

}  // namespace gradus::experiment
