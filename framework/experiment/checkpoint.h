#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "framework/experiment/run_logs.h"
#include "framework/experiment/safetensors.h"
#include "framework/train/early_stopping.h"
#include "framework/train/plateau.h"
#include "framework/train/trainer.h"

namespace gradus::experiment {

/// Everything that going on with a training needs.
struct Checkpoint {
  TrainingPosition position;
  EarlyStopping::State best;  ///< on the validation rows
  Plateau::State plateau;     ///< on these too
  LogBytes logs;              ///< at that time
  std::int64_t epochs = 0;    ///< training.epochs of that time
  double seconds = 0;         ///< that the training took so far
  std::string data;           ///< as `data_figures` has them
  // "parameter/PATH", "state/PATH/NAME", "best/PATH", "average/PATH", "metric/predictions"
  NamedTensors tensors;
};

/// Writes `checkpoint/step-N.safetensors` of a run directory, whole or not at all. Then deletes all
/// but the `keep` newest, and that of the best epoch.
void save_checkpoint(const std::filesystem::path& run, const Checkpoint& checkpoint, int keep);

/// The newest checkpoint of a run directory that can be read; each that cannot is told `note`.
/// Nothing where there is none. Throws Error where none can be read, or a newer Gradus wrote it.
std::optional<Checkpoint> latest_checkpoint(const std::filesystem::path& run,
                                            const std::function<void(std::string_view)>& note);

/// Whether a run directory has checkpoints.
bool has_checkpoint(const std::filesystem::path& run);

}  // namespace gradus::experiment
