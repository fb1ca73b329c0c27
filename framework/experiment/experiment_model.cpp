#include "framework/experiment/experiment_model.h"

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/data/csv.h"
#include "framework/data/source.h"
#include "framework/experiment/at_pointer.h"
#include "framework/experiment/files.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/safetensors.h"

namespace gradus::experiment {
namespace {

/// Of the parameters that are trained.
std::vector<std::string> parameter_names(const Model& model) {
  std::vector<std::string> out;
  for (const auto& [path, parameter] : model.trained_parameters()) out.push_back(path);
  return out;
}

/// Gives the model's parameters the regularisation of the config.
void regularize(const Model& model, const std::vector<RegularizationConfig>& list) {
  const std::vector<std::string> names = parameter_names(model);
  for (std::size_t i = 0; i < list.size(); ++i) {
    check_pattern(fmt::format("/model/regularization/{}/parameters", i), list[i].parameters, names);
    for (const auto& [path, parameter] : model.trained_parameters()) {
      if (!matches(list[i].parameters, path)) continue;
      parameter->l1 += list[i].l1;
      parameter->l2 += list[i].l2;
    }
  }
}

/// Makes task and model from config and vocabularies.
void make_parts(ExperimentModel& out) {
  out.task = at_pointer("/task", [&] { return out.config.task.kind.component().make(); });
  at_pointer("/model", [&] {
    out.model = out.config.model.kind.component().make(out.vocabularies);
    regularize(*out.model, out.config.model.regularization);
    out.columns = columns_read(*out.model, *out.task, input_columns(out.vocabularies));
  });
}

/// Whether the model reads that column.
bool reads(const ExperimentModel& model, const std::string& column) {
  return std::ranges::find(model.columns, column, &InputColumn::name) != model.columns.end();
}

/// Gives the model the file's values.
void read_parameters(const Model& model, const std::filesystem::path& file) {
  const NamedTensors tensors = read_safetensors(file);
  NamedExtents expected;
  for (const auto& [path, parameter] : model.parameters()) {
    expected.emplace(path, parameter->value.extents());
  }
  check_tensors(tensors, expected, file.string());
  for (const auto& [path, parameter] : model.parameters()) {
    std::ranges::copy(tensors.find(path)->second.floats(), parameter->value.floats().begin());
  }
}

Json saved_vocabularies(const Vocabularies& vocabularies) {
  Json out = Json::list();
  for (const auto& entry : vocabularies) {
    Json strings = Json::list();
    for (std::int32_t id = 1; id <= entry.vocabulary.size(); ++id) {
      strings.push_back(entry.vocabulary.string(id));
    }
    out.push_back(Json::object(
        {{"name", entry.name}, {"kind", name(entry.kind)}, {"strings", std::move(strings)}}));
  }
  return out;
}

/// A member of a saved object. Throws Error where it is absent or of another type.
template <class T>
const T& member(const Json& json, std::string_view key, const std::filesystem::path& file) {
  const Json* value = json.find(key);
  const T* out = value ? value->get_if<T>() : nullptr;
  if (!out) fail("{}: \"{}\" is missing or of another type", file.string(), key);
  return *out;
}

/// An element of a saved list of texts. Throws Error where it is none.
const std::string& text_of(const Json& json, std::string_view list,
                           const std::filesystem::path& file) {
  const auto* text = json.get_if<std::string>();
  if (!text) fail("{}: {} has {}, not a text", file.string(), list, json.type_name());
  return *text;
}

Vocabularies load_vocabularies(const Json& json, const std::filesystem::path& file) {
  Vocabularies out;
  for (const Json& entry : member<Json::List>(json, "vocabularies", file)) {
    std::vector<std::string> strings;
    for (const Json& text : member<Json::List>(entry, "strings", file)) {
      strings.push_back(text_of(text, "a vocabulary", file));
    }
    out.add(member<std::string>(entry, "name", file),
            column_kind(member<std::string>(entry, "kind", file)), Vocabulary(std::move(strings)));
  }
  if (!json.find("numbers")) return out;  // as in runs from before there were number columns
  for (const Json& number : member<Json::List>(json, "numbers", file)) {
    out.add_number(text_of(number, "\"numbers\"", file));
  }
  return out;
}

/// The column whose groups the task's metrics compare, "" where none does.
std::string group_column(const Task& task, const Table& table) {
  const Metrics metrics = task.make_metrics();
  if (!metrics.by_group()) return "";
  const auto needs = std::ranges::find_if(metrics.list(),
                                          [](const auto& entry) { return entry.metric->by_group; });
  const Column* column = task.group().empty() ? table.user() : &table.column(task.group());
  if (column == nullptr) {
    fail("{} compares the rows of a group, and there is no user column: name a column of ids",
         needs->name);
  }
  if (!holds_ids(column->kind)) {
    fail("column \"{}\" is of kind {}, ids are required", column->name, name(column->kind));
  }
  return column->name;
}

}  // namespace

Encoded ExperimentModel::encode(const Table& table, bool labels) const {
  Vocabularies some;
  for (const auto& entry : vocabularies) {
    const auto& has = table.columns();
    const bool there = std::ranges::any_of(
        has, [&](const Column& c) { return c.name == entry.name && holds_ids(c.kind); });
    if (reads(*this, entry.name) || (there && entry.kind != ColumnKind::id)) {
      some.add(entry.name, entry.kind, entry.vocabulary);
    }
  }
  for (const std::string& number : vocabularies.numbers()) {
    if (reads(*this, number)) some.add_number(number);
  }
  Encoded out(table, some, labels ? label : "", labels ? group : "");
  task->check_labels(out.labels(), [&table](std::int64_t row) { return table.where(row); });
  return out;
}

Table read_table(const Config& config) { return config.data.source.component().make()->read(); }

std::string csv_delimiter(const ExperimentModel& model) {
  const Json config = write_config(model.config);
  const Json* delimiter = config.find("data")->find("delimiter");
  return delimiter ? *delimiter->get_if<std::string>() : ",";
}

Table read_csv(const ExperimentModel& model, const std::string& file, bool labels) {
  CsvSource::Options options{.path = file, .delimiter = csv_delimiter(model), .columns = {}};
  const auto read = [&](const std::string& column, ColumnKind kind) {
    options.columns.push_back({column, std::string(name(kind))});
  };
  for (const auto& entry : model.vocabularies) {
    if (reads(model, entry.name) || (labels && entry.name == model.group)) {
      read(entry.name, entry.kind);
    }
  }
  for (const std::string& number : model.vocabularies.numbers()) {
    if (reads(model, number)) read(number, ColumnKind::number);
  }
  if (labels) read(model.label, ColumnKind::label);
  if (labels && !model.weight.empty()) read(model.weight, ColumnKind::weight);
  return CsvSource(options).read();
}

Split split_rows(const Config& config, const Table& table) {
  return config.data.split.kind.component().make()->split(table);
}

ExperimentModel make_model(const Config& config, const Table& table, const Split& split) {
  ExperimentModel out = make_model(
      config, table,
      config.data.vocabulary == "all" ? Vocabularies(table) : Vocabularies(table, split.train));
  check_training(out, split);
  return out;
}

void check_training(const ExperimentModel& model, const Split& split) {
  check_groups(model.config.optimizer, parameter_names(*model.model));
  std::vector<std::string> names = {"loss", "total_loss"};
  const Metrics metrics = model.task->make_metrics();
  for (const auto& [name, metric, parameters] : metrics.list()) {
    if (metric->better != Metric::Better::neither) names.push_back(name);
  }
  const auto check = [&](const std::string& pointer, const auto& watcher) {
    if (watcher.patience > 0 && split.validation.empty()) {
      fail_config(pointer,
                  "watches the validation rows, and there are none: data.split has a key for them");
    }
    if (std::ranges::find(names, watcher.metric) == names.end()) {
      fail_config(pointer + "/metric", "must be one of: {}, got \"{}\"", fmt::join(names, ", "),
                  watcher.metric);
    }
  };
  check("/training/early_stopping", model.config.training.early_stopping);
  check("/training/reduce_on_plateau", model.config.training.reduce_on_plateau);
}

ExperimentModel make_model(const Config& config, const Table& table, Vocabularies vocabularies) {
  ExperimentModel out{.config = config,
                      .vocabularies = std::move(vocabularies),
                      .label = {},
                      .weight = table.weight() ? table.weight()->name : "",
                      .group = {},
                      .task = {},
                      .model = {},
                      .columns = {}};
  make_parts(out);
  out.label = at_pointer("/task/label", [&] { return table.label(out.task->label()).name; });
  out.group = at_pointer("/task/group", [&] { return group_column(*out.task, table); });
  const std::string& weights = config.model.initial_weights;
  if (weights.empty()) {
    initialize(*out.model, static_cast<std::uint64_t>(config.seed));
  } else {
    at_pointer("/model/initial_weights", [&] { read_parameters(*out.model, weights); });
  }
  return out;
}

std::vector<float> score_pairs(const ExperimentModel& model, const Predictor& predictor,
                               std::span<const std::int32_t> users,
                               std::span<const std::int32_t> items) {
  const auto* user = model.vocabularies.user();
  const auto* item = model.vocabularies.item();
  if (!user || !item) fail("score: the run has no user and item column");
  const std::vector<std::int32_t> unknown(items.size(), Vocabulary::kOutOfVocabulary);
  const std::vector<float> zeros(items.size());
  std::vector<ColumnValues> values;
  for (const InputColumn& column : model.columns) {
    if (column.number) {
      values.emplace_back(zeros);
    } else if (column.name == user->name) {
      values.emplace_back(users);
    } else if (column.name == item->name) {
      values.emplace_back(items);
    } else {
      values.emplace_back(unknown);
    }
  }
  std::vector<float> scores(items.size());
  predictor.predict(values, scores);
  return scores;
}

void save_model(const ExperimentModel& model, const std::filesystem::path& run) {
  NamedTensors tensors;
  for (const auto& [path, parameter] : model.model->parameters()) {
    tensors.emplace(path, parameter->value);
  }
  write_safetensors(run / kModelTensors, tensors);
  Json json = Json::object({{"format", kRunFormat},
                            {"config", write_config(model.config)},
                            {"label", model.label},
                            {"weight", model.weight},
                            {"group", model.group},
                            {"vocabularies", saved_vocabularies(model.vocabularies)}});
  const auto& numbers = model.vocabularies.numbers();
  if (!numbers.empty()) json["numbers"] = Json::List(numbers.begin(), numbers.end());
  write_file(run / kModelDescription, json.text(1) + "\n");
}

ExperimentModel load_model(const std::filesystem::path& run, const Catalogues& catalogues) {
  const std::filesystem::path file = run / kModelDescription;
  const Json json = read_run_file(run, kModelDescription);
  const Json* config = json.find("config");
  if (config == nullptr) fail("{}: \"config\" is missing", file.string());
  ExperimentModel out{
      .config = read_config(ConfigDocument(*config, file.string(), run), catalogues, "run"),
      .vocabularies = load_vocabularies(json, file),
      .label = member<std::string>(json, "label", file),
      .weight = member<std::string>(json, "weight", file),
      // In runs from before there were groups, no metric needs them.
      .group = json.find("group") ? member<std::string>(json, "group", file) : "",
      .task = {},
      .model = {},
      .columns = {}};
  make_parts(out);
  read_parameters(*out.model, run / kModelTensors);
  return out;
}

}  // namespace gradus::experiment
