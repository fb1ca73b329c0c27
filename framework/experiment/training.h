#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "framework/data/encoded.h"
#include "framework/data/split.h"
#include "framework/data/table.h"
#include "framework/experiment/checkpoint.h"
#include "framework/experiment/evaluation.h"
#include "framework/experiment/experiment_model.h"
#include "framework/experiment/json.h"
#include "framework/experiment/profile_report.h"
#include "framework/experiment/progress.h"
#include "framework/experiment/shared_data.h"

namespace gradus::experiment {

/// An experiment's model with its initial values, and what the data became: only this is kept of
/// them while training.
struct Prepared {
  ExperimentModel model;
  std::shared_ptr<const EncodedRows> rows;  ///< that trials of a sweep share
  const Split& split = rows->split;
  const Encoded& data = rows->data;
  double seconds = 0;  ///< that reading and encoding took
};

/// Reads, splits and encodes an experiment's data. Throws Error as these do.
Prepared prepare(const Config& config);
/// The same with what others have read, split and encoded.
Prepared prepare(const Config& config, SharedData& shared);

/// What `--profile` adds to a training.
struct Profiled {
  ProfileReport report;
  std::filesystem::path trace;
  std::int64_t traced_steps = 0;

  Json json() const;
  std::string text() const;
};

/// A finished training.
struct Trained {
  TestResult test;
  Json result;  ///< what `result.json` holds
  std::optional<Profiled> profiled = {};
};

/// Trains with logs in the run directory, begun anew or from a checkpoint, saves the model, and
/// measures it on the test rows. Throws Error where the training or a file fails, and Interrupted,
/// with a checkpoint saved, where a signal was noted.
Trained train(const Prepared& prepared, const std::filesystem::path& run, Progress& progress,
              bool with_profile, std::optional<Checkpoint> from = {});

}  // namespace gradus::experiment
