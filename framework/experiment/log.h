#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace gradus::experiment {

/// A file that grows, by lines or records that are in it as soon as `write` returns.
class Log {
 public:
  /// Keeps the first `bytes` of the file, which is made where it is not there. Throws Error where
  /// that cannot be, or it has fewer.
  explicit Log(std::filesystem::path file, std::int64_t bytes = 0);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Throws Error naming the file, on a full disk too; the file then ends with what was before.
  void write(std::string_view bytes);
  /// Syncs to disk.
  void sync();
  /// Syncs to disk and closes.
  void close();
  /// What the file has.
  std::int64_t bytes() const { return bytes_; }

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::int64_t bytes_ = 0;
};

}  // namespace gradus::experiment
