#pragma once

#include <filesystem>

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// A log of one JSON object a line (JSON Lines), each in the file as soon as `write` returns.
class Log {
 public:
  /// Throws Error where the file cannot be made, or is there already.
  explicit Log(std::filesystem::path file);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Throws Error naming the file, on a full disk too.
  void write(const Json& line);
  /// Syncs to disk and closes.
  void close();

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace gradus::experiment
