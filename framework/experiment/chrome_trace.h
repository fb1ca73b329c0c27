#pragma once

#include <cstdint>
#include <filesystem>

#include "framework/graph/profile.h"
#include "framework/train/training_step.h"

namespace gradus::experiment {

/// Writes the events of `profile` in Chrome's trace event format, which Perfetto opens: a thread
/// for each worker, an event "op (scope)" for each run of a node. `step` is what the profile noted.
/// Returns how many training steps are in it: the last ones. Throws Error naming the file.
std::int64_t write_chrome_trace(const std::filesystem::path& file, const Profile& profile,
                                TrainingStep& step);

}  // namespace gradus::experiment
