#pragma once

#include <cstdint>
#include <vector>

#include "framework/data/table.h"

namespace gradus {

/// Row numbers of a table, from 0, each in the order in which it is to be used; no row is in two
/// parts. What is chosen while training, such as when to stop, is chosen on `validation`, which may
/// be empty; `test` is measured once, at the end.
struct Split {
  std::vector<std::int32_t> train = {};       ///< rows that are learnt from
  std::vector<std::int32_t> validation = {};  ///< rows that choices are made by
  std::vector<std::int32_t> test = {};        ///< rows that are measured at the end
};

/// How rows are divided into training, validation and test. A new kind is one file and one row in
/// splits.cpp.
class Splitter {
 public:
  virtual ~Splitter() = default;
  Splitter() = default;
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  /// Training and test have at least one row. Throws Error where the table does not allow that.
  virtual Split split(const Table& table) const = 0;
};

}  // namespace gradus
