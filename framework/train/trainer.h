#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "framework/data/batches.h"
#include "framework/data/encoded.h"
#include "framework/train/evaluator.h"

namespace gradus {

/// One training step, after it.
struct StepReport {
  std::int64_t epoch = 0;     // from 1
  std::int64_t step = 0;      // of the whole training, from 1
  std::int64_t examples = 0;  // of this batch
  std::int64_t done = 0;      // examples of the epoch so far
  Losses losses = {};         // of this batch
  Figures metrics = {};       // of the epoch so far
};

/// One epoch, after it.
struct EpochReport {
  std::int64_t epoch = 0;
  std::int64_t step = 0;  // the last
  std::int64_t examples = 0;
  Losses losses = {};  // example-weighted means
  double last_batch_loss = 0;
  Figures metrics = {};
  double seconds = 0;
};

/// What happens as training goes on. Both may be empty.
struct Callbacks {
  std::function<void(const StepReport&)> on_step = {};
  std::function<void(const EpochReport&)> on_epoch = {};
};

/// Trains a model on rows of `data`, epoch after epoch.
class Trainer {
 public:
  /// `expected_batch`: see Graph. Throws Error for labels that the task does not allow. The other
  /// arguments must live as long.
  Trainer(const Model& model, const Task& task, const Optimizer& optimizer, const Encoded& data,
          std::int64_t expected_batch = 0);

  /// Trains from epoch 1 to `epochs`. Throws Error, naming epoch, step and node, and with the
  /// parameters of the step before, where the loss becomes infinite or not a number; at the end of
  /// an epoch also where a parameter has.
  void run(Batches& batches, std::int64_t epochs, const Callbacks& callbacks);

  /// Notes in `profile`, which must live as long, what `run` does; null: nothing.
  void set_profile(Profile* profile);

  TrainingStep& step() { return step_; }

 private:
  EpochReport run_epoch(Batches& batches, std::int64_t epoch, Batch& batch,
                        const Callbacks& callbacks);

  const Model& model_;
  const Task& task_;
  const Optimizer& optimizer_;
  const Encoded& data_;
  std::vector<InputColumn> columns_;
  TrainingStep step_;
  std::int64_t steps_ = 0;
  Profile* profile_ = nullptr;
};

}  // namespace gradus
