#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/json.h"
#include "framework/experiment/scorer.h"

namespace gradus::experiment {

/// Rows that a model was given, by column as in `ExperimentModel::columns`, and what it predicted.
struct PredictedRows {
  std::vector<ColumnValues> values;
  std::vector<float> predictions;

  std::size_t size() const { return predictions.size(); }
  /// The id columns of a row whose string the model has never seen.
  std::vector<std::string> unknown(std::size_t row, const std::vector<InputColumn>& columns) const;
  /// A row's answer: {"prediction": 3.45, "unknown": ["user_id"]}.
  Json json(std::size_t row, const std::vector<InputColumn>& columns) const;
};

/// Rows to be predicted that come as JSON objects: a key for each column that the model reads, and
/// perhaps others.
class JsonRows {
 public:
  /// The model must live as long.
  explicit JsonRows(const ExperimentModel& model);

  /// Adds a row: a text or a whole number for an id, a number for a number. Throws Error, which
  /// begins with `place`, where a column is missing or something else; the row is then not added.
  void add(const Json& row, std::string_view place);
  std::size_t size() const { return size_; }
  /// The rows, valid until one more is added, and their predictions.
  PredictedRows predict(const Scorer& scorer) const;

 private:
  /// A column's ids or numbers, of a row that was refused perhaps one more.
  struct Values {
    std::vector<std::int32_t> ids;
    std::vector<float> numbers;
  };

  const ExperimentModel& model_;
  std::vector<Values> values_;  // by column
  std::size_t size_ = 0;
};

}  // namespace gradus::experiment
