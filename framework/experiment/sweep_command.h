#pragma once

#include <filesystem>

#include "framework/experiment/commands.h"
#include "framework/experiment/document.h"

namespace gradus::experiment {

/// Whether a folder holds a sweep, finished or not.
bool is_sweep_folder(const std::filesystem::path& folder);

/// Trains all trials of a config's `sweep` into one folder, prints and writes their table. Throws
/// Error where a trial has failed, after that.
void sweep(ConfigDocument document, const TrainArguments& arguments, const Catalogues& catalogues);
/// Goes on with the sweep in `arguments.output`: trains the trials that are not finished.
void resume_sweep(const TrainArguments& arguments, const Catalogues& catalogues);

}  // namespace gradus::experiment
