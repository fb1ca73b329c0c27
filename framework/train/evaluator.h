#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "framework/data/batches.h"
#include "framework/train/training_step.h"

namespace gradus {

/// What a model does on some rows.
struct Evaluation {
  Losses losses;                   ///< example-weighted means over the batches
  double last_batch_loss = 0;      ///< what TFRS reports as the loss
  Figures metrics;                 ///< by name
  std::vector<float> predictions;  ///< in the order of the batches' rows
};

/// Evaluates a model with the parameters that it has at that time.
class Evaluator {
 public:
  /// `expected_batch`: see Graph.
  Evaluator(const Model& model, const Task& task, const std::vector<InputColumn>& columns,
            bool weighted, std::int64_t expected_batch = 0);

  /// Of these batches of the rows of `data`. Calls `between`, where given, after each.
  Evaluation run(const Encoded& data, const Batches& batches,
                 const std::function<void()>& between = {});

 private:
  const Task& task_;
  std::vector<InputColumn> columns_;
  Graph graph_;
  Trace trace_;
  std::vector<Value> constants_;  // what is computed once for all batches of a run
  std::unique_ptr<Executor> constants_executor_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace gradus
