#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "framework/data/batches.h"
#include "framework/data/encoded.h"
#include "framework/train/averaging.h"
#include "framework/train/evaluator.h"

namespace gradus {

/// One training step, after it.
struct StepReport {
  std::int64_t epoch = 0;     ///< from 1
  std::int64_t step = 0;      ///< of the whole training, from 1
  std::int64_t examples = 0;  ///< of this batch
  std::int64_t done = 0;      ///< examples of the epoch so far
  Losses losses = {};         ///< of this batch
  double learning_rate = 0;   ///< of this step, for the last group of parameters
  Figures metrics = {};       ///< of the epoch so far, without those that need all rows at once
};

/// One epoch, after it.
struct EpochReport {
  std::int64_t epoch = 0;      ///< from 1
  std::int64_t step = 0;       ///< the last
  std::int64_t examples = 0;   ///< rows of the epoch
  Losses losses = {};          ///< example-weighted means
  double last_batch_loss = 0;  ///< before the step moved the parameters
  Figures metrics = {};        ///< over the epoch
  double seconds = 0;          ///< that the epoch took
};

/// Where a training stands between two steps: beside the parameters and what the optimiser keeps,
/// all that the rest of it depends on.
struct TrainingPosition {
  std::int64_t epoch = 1;          ///< the present one, from 1
  std::int64_t batch = 0;          ///< how many of its batches are done
  std::int64_t step = 0;           ///< how many steps of the whole training are
  std::int64_t examples = 0;       ///< of the epoch so far, as what follows
  Losses sums = {};                ///< of each batch's losses times its examples
  double last_batch_loss = 0;      ///< of the last step
  std::vector<Sums> metrics = {};  ///< in the task's order; empty before the first step
  double seconds = 0;              ///< of the epoch, so far
};

/// What happens as training goes on. Each may be empty.
struct Callbacks {
  std::function<void(const StepReport&)> on_step = {};    ///< after each step
  std::function<void(const EpochReport&)> on_epoch = {};  ///< after each epoch
  /// Asked after each step, and after each epoch and its `on_epoch`, when `position` has moved on:
  /// whether to go on.
  std::function<bool()> go_on = {};
};

/// Trains a model on rows of `data`, epoch after epoch.
class Trainer {
 public:
  /// `expected_batch`, `math_mode`: see Graph; `seed`: see TrainingStep. Throws Error for labels
  /// that the task does not allow, and as `ParameterGroups::of` does. The other arguments must live
  /// as long.
  Trainer(const Model& model, const Task& task, ParameterGroups groups, const Encoded& data,
          std::int64_t expected_batch = 0, std::uint64_t seed = 0,
          kernels::MathMode math_mode = kernels::MathMode::float32);

  /// Trains from `position` to the end of epoch `epochs`, unless `go_on` ends it. Throws Error,
  /// naming epoch, step and node, and with the parameters of the step before, where the loss
  /// becomes infinite or not a number; at the end of an epoch also where a parameter has.
  void run(Batches& batches, std::int64_t epochs, const Callbacks& callbacks);

  /// Notes in `profile`, which must live as long, what `run` does; null: nothing.
  void set_profile(Profile* profile);

  /// Where the training is: what going on takes.
  TrainingPosition position() const;
  /// The rows of the epoch so far, where a metric needs all at once; they belong to the position.
  const KeptRows& metric_rows() const { return metrics_.rows(); }
  /// Goes on from there. The parameters and `step().states()` must be those of that time.
  void set_position(TrainingPosition position, KeptRows rows = {});

  /// Multiplies all learning rates, from the next step on.
  void set_learning_rate_factor(double factor) { learning_rate_factor_ = factor; }
  /// Moves the average, which must live as long, after each step; null: none.
  void set_average(WeightAverage* average) { average_ = average; }

  TrainingStep& step() { return step_; }  ///< the step that it repeats

 private:
  bool run_steps(Batches& batches, Batch& batch, const Callbacks& callbacks);
  Losses run_step(Batch& batch);
  EpochReport end_epoch();
  double seconds() const;

  const Model& model_;
  const Encoded& data_;
  std::vector<InputColumn> columns_;
  TrainingStep step_;
  Metrics metrics_;
  TrainingPosition position_;  // without the metrics' states and the seconds since epoch_start_
  std::chrono::steady_clock::time_point epoch_start_;
  double learning_rate_factor_ = 1;
  WeightAverage* average_ = nullptr;
  Profile* profile_ = nullptr;
};

}  // namespace gradus
