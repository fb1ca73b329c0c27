#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "framework/graph/executor.h"
#include "framework/nn/model.h"
#include "framework/train/task.h"

namespace gradus {

/// The columns that the model reads, in their order.
std::vector<std::string> columns_read(const Model& model, const Task& task,
                                      const std::vector<std::string>& columns);

/// Predicts from ids, by several threads at once, with the parameters that the model has when the
/// predictor is made: what depends on them alone, such as a first layer's products of small
/// embedding tables, is computed then. The model must live as long and not change.
class Predictor {
 public:
  Predictor(const Model& model, const Task& task, const std::vector<std::string>& columns);
  ~Predictor();

  /// The columns that the model reads, in the order in which `predict` takes their ids.
  const std::vector<std::string>& columns() const { return columns_; }

  /// ids[column][row] -> out[row]. Throws Error where the lengths differ, or an id is no row of its
  /// table.
  void predict(std::span<const std::span<const std::int32_t>> ids, std::span<float> out) const;

 private:
  class Lease;

  void fold();

  Graph graph_;
  std::vector<std::string> columns_;
  std::vector<Value> ids_;  // by column
  Value predictions_;
  std::vector<Value> folded_;  // what depends on parameters alone
  std::vector<Tensor> folded_values_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Executor>> idle_;  // one for each thread that has predicted
};

}  // namespace gradus
