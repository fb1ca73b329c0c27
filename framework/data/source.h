#pragma once

#include "framework/data/table.h"

namespace gradus {

/// Where an experiment's rows come from. A new kind is one file and one row in sources.cpp.
class DataSource {
 public:
  virtual ~DataSource() = default;
  DataSource() = default;
  DataSource(const DataSource&) = delete;
  DataSource& operator=(const DataSource&) = delete;

  /// All rows. Throws Error that names file and line and quotes the value.
  virtual Table read() const = 0;
};

}  // namespace gradus
