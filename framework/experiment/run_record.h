#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// What the files of a run directory say, however much of it there is.
struct RunRecord {
  enum class State : std::uint8_t {
    finished,
    unfinished,  ///< still training, or broken off
    failed,      ///< its training ended with an error
    damaged      ///< a file of it cannot be read
  };

  std::filesystem::path folder;
  State state = State::unfinished;
  std::optional<Json> config = {};
  std::optional<Json> result = {};
  std::vector<Json> epochs = {};           ///< the lines of metrics.jsonl
  std::string error = {};                  ///< what a training failed with
  std::vector<std::string> problems = {};  ///< what cannot be read, and why

  /// "name" of the config, else the folder's.
  std::string name() const;
  /// "finished", "unfinished", "failed" or "damaged".
  std::string_view state_name() const;
};

/// Reads a run directory. Throws Error where it is none: it has neither a config nor a result.
RunRecord read_run(const std::filesystem::path& folder);

/// A step, as a line of steps.jsonl has it. What is not finite is not a number.
struct StepPoint {
  std::int64_t step = 0;
  double loss = 0;
  double learning_rate = 0;
};

/// The steps of a run; what cannot be read is added to its problems.
std::vector<StepPoint> read_steps(RunRecord& record);

/// The number at some keys, one below the other; nothing where there is none.
std::optional<double> number_at(const Json& json, std::initializer_list<std::string_view> keys);
/// The value at some keys, or null.
const Json* value_at(const Json& json, std::initializer_list<std::string_view> keys);

}  // namespace gradus::experiment
