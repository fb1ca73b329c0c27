#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "framework/experiment/config.h"
#include "framework/experiment/event_file.h"
#include "framework/experiment/json.h"
#include "framework/experiment/log.h"
#include "framework/train/histogram.h"

namespace gradus::experiment {

/// How many bytes each log of a run directory has, by its file's name.
using LogBytes = std::map<std::string, std::int64_t, std::less<>>;

/// What a training writes down as it goes on: `steps.jsonl` and `metrics.jsonl`, of one JSON object
/// a line (JSON Lines), and what `training.logs` asks for.
class RunLogs {
 public:
  /// Keeps of each file what `kept` says, and nothing of those that it lacks. Throws Error as Log
  /// does.
  RunLogs(const std::filesystem::path& run, const LogsConfig& config, const LogBytes& kept = {});

  /// A step's figures, after its "epoch" and "step".
  void step(const Json& line);
  /// An epoch's, the same.
  void epoch(const Json& line);
  /// Whether there is a log of what follows.
  bool has_events() const { return events_.has_value(); }
  void histogram(std::int64_t epoch, std::string_view tag, const Histogram& histogram);
  /// The resolved config, from a step on.
  void config(std::int64_t step, const Json& config);

  /// Syncs all to disk.
  void sync();
  /// Syncs to disk and closes.
  void close();
  LogBytes bytes() const;

 private:
  /// A table of lines that all have the same keys.
  class Table {
   public:
    Table(std::filesystem::path file, std::int64_t bytes) : log(std::move(file), bytes) {}
    void write(const Json& line);
    Log log;
  };

  /// Calls each(name, log) for every file of `self`, which may be const.
  template <class Self, class Each>
  static void each(Self& self, const Each& each);

  Log steps_;
  Log metrics_;
  std::optional<Table> steps_table_;
  std::optional<Table> metrics_table_;
  std::optional<EventFile> events_;
};

}  // namespace gradus::experiment
