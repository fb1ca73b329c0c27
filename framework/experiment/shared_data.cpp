#include "framework/experiment/shared_data.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gradus::experiment {
namespace {

/// The value of that key, made by `make` where it is not there yet.
template <class T, class Make>
std::shared_ptr<const T> find_or_make(std::map<std::string, std::shared_ptr<const T>>& known,
                                      const std::string& key, Make make) {
  std::shared_ptr<const T>& place = known[key];
  if (!place) place = std::make_shared<const T>(make());
  return place;
}

/// The keys of a config's `data` that its source has.
std::string source_key(const Json& data) {
  constexpr std::array<std::string_view, 5> kOthers = {
      "split", "batch_size", "evaluation_batch_size", "shuffle", "vocabulary"};
  Json own = Json::object();
  for (const auto& [key, value] : data.members()) {
    if (std::ranges::find(kOthers, key) == kOthers.end()) own[key] = value;
  }
  return own.text();
}

}  // namespace

SharedData::Divided SharedData::divide(const Config& config) {
  const Json json = write_config(config);
  const Json& data = *json.find("data");
  const std::string source = source_key(data);
  const bool all = config.data.vocabulary == "all";
  Divided out;
  out.split_key = source + data.find("split")->text();
  out.vocabulary_key = all ? source : out.split_key;
  const std::scoped_lock lock(mutex_);
  out.table = find_or_make(tables_, source, [&] { return read_table(config); });
  out.split = find_or_make(splits_, out.split_key, [&] { return split_rows(config, *out.table); });
  out.vocabularies = find_or_make(vocabularies_, out.vocabulary_key, [&] {
    return all ? Vocabularies(*out.table) : Vocabularies(*out.table, out.split->train);
  });
  return out;
}

ModelAndRows SharedData::get(const Config& config) {
  const Divided divided = divide(config);
  const Table& table = *divided.table;
  ExperimentModel model = make_model(config, table, *divided.vocabularies);
  check_training(model, *divided.split);
  std::string key = divided.split_key + divided.vocabulary_key + Json(model.label).text() +
                    Json(model.group).text();
  for (const InputColumn& column : model.columns) key += Json(column.name).text();
  std::unique_lock lock(mutex_);
  auto rows =
      find_or_make(rows_, key, [&] { return EncodedRows{*divided.split, model.encode(table)}; });
  lock.unlock();
  // Labels that one task allows, another may not.
  model.task->check_labels(rows->data.labels(),
                           [&table](std::int64_t row) { return table.where(row); });
  return {std::move(model), std::move(rows)};
}

std::int64_t SharedData::parameters(const Config& config) {
  return parameter_count(*config.model.kind.component().make(*divide(config).vocabularies));
}

}  // namespace gradus::experiment
