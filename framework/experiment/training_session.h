#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/data/batches.h"
#include "framework/experiment/checkpoint.h"
#include "framework/experiment/run_logs.h"
#include "framework/experiment/stopwatch.h"
#include "framework/experiment/training.h"
#include "framework/train/trainer.h"

namespace gradus::experiment {

/// A training in a run directory: its steps with their logs, checkpoints, and the validation rows
/// after each epoch.
class TrainingSession {
 public:
  /// Goes on from a checkpoint, or begins; writes nothing before `run`. The arguments must live as
  /// long. Throws Error where the checkpoint is of other data or another model.
  TrainingSession(const Prepared& prepared, std::filesystem::path run, Progress& progress,
                  std::optional<Checkpoint> from);
  ~TrainingSession();
  TrainingSession(const TrainingSession&) = delete;
  TrainingSession& operator=(const TrainingSession&) = delete;

  /// Trains to the end, then gives the model the weights that were chosen and saves it. Throws
  /// Interrupted where a signal was noted.
  std::optional<Profiled> run(bool with_profile);
  /// Saves a checkpoint, if the newest is not of this step; also after `run`, and after one that
  /// was interrupted.
  void save();

  /// What was chosen on the validation rows, as `result.json` has it.
  Json chosen() const;
  /// What the training took, in processes before this one too.
  double seconds() const { return seconds_; }
  double checkpoint_seconds() const { return checkpoint_seconds_; }

 private:
  void restore(const Checkpoint& from);
  const std::string& data();
  Callbacks callbacks();
  void begin_stage(std::int64_t epoch, std::int64_t done);
  void on_step(const StepReport& step);
  void on_epoch(const EpochReport& epoch);
  class Averaged;
  Figures validate(const EpochReport& epoch, Json& line);
  void open_logs();
  void log_histograms(std::int64_t epoch);
  bool go_on();
  bool checkpoint_is_due(const TrainingPosition& position) const;
  bool keeps_last() const;
  void observe(const EpochReport& epoch, const Evaluation& evaluation);
  void choose_best();
  NamedTensors tensors() const;

  const Prepared& prepared_;
  const Config& config_;
  std::filesystem::path run_;
  Progress& progress_;
  Batches batches_;
  std::optional<Trainer> trainer_;  // until the training is over
  OptimizerStates states_;          // the trainer's
  TrainingPosition position_;       // where it ended
  std::optional<Evaluator> validation_;
  std::optional<Batches> validation_batches_;  // where there are such rows
  EarlyStopping stopping_;
  Plateau plateau_;
  std::optional<WeightAverage> average_;
  bool averaged_ = false;        // the model has the averages, and average_ the parameters
  std::vector<Tensor> best_;     // the best epoch's parameters, or averages, where it is watched
  bool chosen_ = false;          // the model has the best parameters, and best_ the last
  LogBytes kept_;                // of the logs that were there
  std::int64_t epochs_ = 0;      // training.epochs as the logs have it; 0: they have none
  std::optional<RunLogs> logs_;  // from `run` on
  std::int64_t shown_from_ = 0;  // examples of the epoch that were done before
  std::int64_t saved_step_ = 0;  // of the newest checkpoint
  std::int64_t saved_batch_ = 0;
  Stopwatch since_saved_;
  double seconds_before_ = 0;
  double seconds_ = 0;
  double checkpoint_seconds_ = 0;
  Stopwatch watch_;
  std::string data_;  // the data's fingerprint, once it was needed
};

}  // namespace gradus::experiment
