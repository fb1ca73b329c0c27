#include "framework/experiment/predicted_rows.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <span>
#include <variant>

#include "framework/core/error.h"
#include "framework/data/text.h"

namespace gradus::experiment {
namespace {

float read_number(const Json& value, std::string_view column, std::string_view place) {
  const auto* whole = value.get_if<std::int64_t>();
  const auto* number = value.get_if<double>();
  const double read = whole ? static_cast<double>(*whole) : number ? *number : 0.0;
  if ((!whole && !number) || std::abs(read) > std::numeric_limits<float>::max()) {
    fail("{}: \"{}\" must be a number that is finite as float32, got {}", place, column,
         value.text());
  }
  return static_cast<float>(read);
}

std::int32_t read_id(const Json& value, const Vocabulary& vocabulary, std::string_view column,
                     std::string_view place) {
  const auto* text = value.get_if<std::string>();
  const auto* number = value.get_if<std::int64_t>();
  if (!text && !number) {
    fail("{}: \"{}\" must be a text or a whole number, got {}", place, column, value.text());
  }
  return vocabulary.id(text ? *text : std::to_string(*number));
}

}  // namespace

std::vector<std::string> PredictedRows::unknown(std::size_t row,
                                                const std::vector<InputColumn>& columns) const {
  std::vector<std::string> out;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto* ids = std::get_if<std::span<const std::int32_t>>(&values[k]);
    if (ids && (*ids)[row] == Vocabulary::kOutOfVocabulary) out.push_back(columns[k].name);
  }
  return out;
}

Json PredictedRows::json(std::size_t row, const std::vector<InputColumn>& columns) const {
  const auto names = unknown(row, columns);
  return Json::object({{"prediction", short_number(predictions[row])},
                       {"unknown", Json::List(names.begin(), names.end())}});
}

JsonRows::JsonRows(const ExperimentModel& model) : model_(model), values_(model.columns.size()) {}

void JsonRows::add(const Json& row, std::string_view place) {
  for (std::size_t k = 0; k < values_.size(); ++k) {
    const auto& name = model_.columns[k].name;
    const Json* value = row.find(name);
    if (!value) fail("{}: \"{}\" is missing in {}", place, name, in_quotes(row.text()));
    auto& [ids, numbers] = values_[k];
    if (model_.columns[k].number) {
      numbers.resize(size_);
      numbers.push_back(read_number(*value, name, place));
    } else {
      ids.resize(size_);
      ids.push_back(read_id(*value, model_.vocabularies[name], name, place));
    }
  }
  ++size_;
}

PredictedRows JsonRows::predict(const Scorer& scorer) const {
  PredictedRows out;
  out.values.reserve(values_.size());
  for (std::size_t k = 0; k < values_.size(); ++k) {
    const std::span ids = values_[k].ids;
    const std::span numbers = values_[k].numbers;
    out.values.push_back(model_.columns[k].number ? ColumnValues(numbers.first(size_))
                                                  : ids.first(size_));
  }
  out.predictions = scorer.predict(out.values, size_);
  return out;
}

}  // namespace gradus::experiment
