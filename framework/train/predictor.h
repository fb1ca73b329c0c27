#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <variant>
#include <vector>

#include "framework/graph/executor.h"
#include "framework/nn/model.h"
#include "framework/train/input_column.h"
#include "framework/train/task.h"

namespace gradus {

/// The columns that the model reads, in their order.
std::vector<InputColumn> columns_read(const Model& model, const Task& task,
                                      const std::vector<InputColumn>& columns);

/// A column's values, one for each row: ids or numbers.
using ColumnValues = std::variant<std::span<const std::int32_t>, std::span<const float>>;

/// Predicts from ids and numbers, by several threads at once, with the parameters that the model
/// has when the predictor is made: what depends on them alone, such as a first layer's products of
/// small embedding tables, is computed then. The model must live as long and not change.
class Predictor {
 public:
  /// The model reads these columns, or some of them.
  Predictor(const Model& model, const Task& task, const std::vector<InputColumn>& columns);
  ~Predictor();

  /// The columns that the model reads, in the order in which `predict` takes their values.
  const std::vector<InputColumn>& columns() const { return columns_; }

  /// The values of each column, by row -> out[row]. Throws Error where the lengths differ, ids are
  /// given for numbers or numbers for ids, or an id is no row of its table.
  void predict(std::span<const ColumnValues> values, std::span<float> out) const;

 private:
  class Lease;

  void fold();

  Graph graph_;
  std::vector<InputColumn> columns_;
  std::vector<Value> inputs_;  // by column
  Value predictions_;
  std::vector<Value> folded_;  // what depends on parameters alone
  std::vector<Tensor> folded_values_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Executor>> idle_;  // one for each thread that has predicted
};

}  // namespace gradus
