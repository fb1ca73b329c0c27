#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "framework/data/table.h"

namespace gradus {

/// A part that an option of a split asks for.
struct AskedPart {
  std::string_view key;   ///< of the option, below `/data/split`
  double size = 0;        ///< a count of rows, or below 1 a fraction of all; 0: no such part
  std::string_view what;  ///< in words: "the test"
};

/// The parts in words: "train 8, validation 1 and test 2".
std::string text(const std::vector<AskedPart>& parts);

/// How many rows each part has. Fractions are rounded at their common end, so that 0.5 and 0.5 of
/// five rows are not six. Throws Error of config where a count is not whole, there are fewer rows,
/// or a part that is asked for would have none.
std::vector<std::int64_t> part_sizes(const std::vector<AskedPart>& parts, const Table& table);

}  // namespace gradus
