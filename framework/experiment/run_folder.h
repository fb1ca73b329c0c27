#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// What a run directory holds.
inline constexpr std::string_view kRunConfig = "config.json";
inline constexpr std::string_view kRunSteps = "steps.jsonl";
inline constexpr std::string_view kRunMetrics = "metrics.jsonl";
inline constexpr std::string_view kRunStepsCsv = "steps.csv";          ///< where it is asked for
inline constexpr std::string_view kRunMetricsCsv = "metrics.csv";      ///< the same
inline constexpr std::string_view kRunEvents = "events.out.tfevents";  ///< the same
inline constexpr std::string_view kRunResult = "result.json";  ///< the last: with it a run is whole
inline constexpr std::string_view kModelTensors = "model.safetensors";
inline constexpr std::string_view kModelDescription = "model.json";
inline constexpr std::string_view kRunTrace = "trace.json";      ///< of a profile
inline constexpr std::string_view kRunProfile = "profile.json";  ///< its figures
inline constexpr std::string_view kRunError = "error.txt";       ///< why the training failed
inline constexpr std::string_view kRunReport = "report.html";

/// What a sweep's folder holds, beside its trials' run directories.
inline constexpr std::string_view kSweepPlan = "plan.json";
inline constexpr std::string_view kSweepTable = "sweep.json";  ///< the last

inline constexpr std::string_view kCheckpoints = "checkpoint";  ///< a folder
inline constexpr std::string_view kRunLock = "lock";            ///< empty; locked by who trains

/// The format of `result.json` and `model.json` that this program writes, and the newest it reads.
inline constexpr int kRunFormat = 1;

/// Throws Error (exit code 2) where `output` is there and holds anything, or is no folder.
void refuse_used_folder(const std::filesystem::path& output);

/// Makes the run directory `output`; for "" the next free of runs/NAME-1, runs/NAME-2, …, which no
/// other process gets. Throws Error where that cannot be.
std::filesystem::path make_run_folder(const std::filesystem::path& output, const std::string& name);

/// Whether the training in a run directory came to its end.
bool is_finished(const std::filesystem::path& run);

/// The command that goes on with a run, as a shell takes it.
std::string resume_command(const std::filesystem::path& run);

/// While it lives, no other process has the same run directory. The system takes it from a process
/// that dies.
class RunLock {
 public:
  /// Throws Error, naming the process, where another one has it.
  explicit RunLock(const std::filesystem::path& run);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_;
};

/// Throws Error, naming the file, where the "format" of its JSON is none, or of a newer Gradus.
void check_format(const Json& json, const std::filesystem::path& file);

/// One of a finished run's JSON files. Throws Error where `run` is no run directory, its training
/// did not finish, or a newer Gradus wrote it.
Json read_run_file(const std::filesystem::path& run, std::string_view file);

}  // namespace gradus::experiment
