#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/experiment/log.h"
#include "framework/train/histogram.h"

namespace gradus::experiment {

/// A file of events that TensorBoard reads: records of protocol buffers, as TensorFlow's
/// core/util/event.proto and core/framework/summary.proto have them, each with checksums.
class EventFile {
 public:
  using Scalars = std::vector<std::pair<std::string, double>>;

  /// As Log: keeps the first `bytes` of the file.
  explicit EventFile(std::filesystem::path file, std::int64_t bytes = 0);

  /// Numbers by tag, at a step; as float32, which the format has.
  void write(std::int64_t step, const Scalars& scalars);
  void write(std::int64_t step, std::string_view tag, const Histogram& histogram);
  /// A text, in Markdown.
  void write(std::int64_t step, std::string_view tag, std::string_view text);

  void sync() { log_.sync(); }
  void close() { log_.close(); }
  std::int64_t bytes() const { return log_.bytes(); }

 private:
  void write_summary(std::int64_t step, std::string_view summary);
  void write_record(std::string_view event);

  Log log_;
};

}  // namespace gradus::experiment
