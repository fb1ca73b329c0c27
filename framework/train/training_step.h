#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/graph/executor.h"
#include "framework/optim/parameter_groups.h"
#include "framework/train/batch.h"
#include "framework/train/trace.h"

namespace gradus {

/// Losses of one batch, or example-weighted means of several.
struct Losses {
  double loss = 0;                 ///< the task's
  double regularization_loss = 0;  ///< the parameters'
  double total_loss = 0;           ///< both together
};

/// A model's training step: forward, backward and update as one graph.
class TrainingStep {
 public:
  /// `weighted`: whether batches bring sample weights. `expected_batch`, `math_mode`: see Graph.
  /// `seed`: of what is drawn in each step, such as dropout. Throws Error as `ParameterGroups::of`
  /// does.
  TrainingStep(const Model& model, const Task& task, ParameterGroups groups,
               const std::vector<InputColumn>& columns, bool weighted,
               std::int64_t expected_batch = 0, std::uint64_t seed = 0,
               kernels::MathMode math_mode = kernels::MathMode::float32);

  /// Computes the losses and gradients of a batch, with the parameters as they are; `step` counts
  /// from 1.
  Losses compute(const Batch& batch, std::int64_t step);
  /// Moves the parameters by what `compute` found. All learning rates are multiplied by the factor.
  void update(std::int64_t step, double factor = 1.0);

  /// Of the last update, for the last group of parameters: all but those that a config names.
  double learning_rate() const { return learning_rate_; }

  /// [rows] of the last compute, before the update.
  std::span<const float> predictions() const;
  /// The first node whose value is infinite or not a number, in words, for the batch of the last
  /// compute: "matmul (ratings.0)", "parameter 'ratings.0.weight'".
  std::string first_not_finite();

  const Graph& graph() const { return graph_; }   ///< with all its nodes
  Executor& executor() { return *executor_; }     ///< runs the graph
  const Trace& traced() const { return trace_; }  ///< the model and its task in the graph
  /// The trained parameters by path, and their gradients, in the same order.
  const std::vector<Value>& parameters() const { return parameters_; }
  const Gradients& gradients() const { return gradients_; }  ///< in the parameters' order
  /// The optimiser's updates, whose first input is the parameter.
  const std::vector<Value>& updates() const { return updates_; }
  /// The gradient that an update of the last step moved its parameter by, after clipping; of a
  /// table [rows, dimension] only the rows that the batch looked up, where others stay.
  Tensor gradient(Value update) const;
  /// What the optimiser keeps, by "path/name".
  const OptimizerStates& states() const { return states_; }
  const ParameterGroups& groups() const { return groups_; }  ///< as they were given

 private:
  std::vector<Value> group_updates(std::size_t group, const std::vector<std::size_t>& group_of);

  ParameterGroups groups_;
  Graph graph_;
  Trace trace_;
  std::vector<Value> parameters_;
  Gradients gradients_;
  std::vector<Value> updates_;
  OptimizerStates states_;
  std::vector<Value> learning_rates_;  // by group
  Value step_;
  std::vector<Tensor> learning_rate_values_;
  double learning_rate_ = 0;
  Tensor step_value_;
  Tensor random_key_;
  std::unique_ptr<Executor> executor_;
  const Batch* batch_ = nullptr;  // of the last compute
};

}  // namespace gradus
