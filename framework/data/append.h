#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "framework/data/table.h"

namespace gradus {

/// Appends a row to `column` from its text: an id as it stands (a user or an item may not be empty,
/// and all is UTF-8), a number read by `parse_number` (a number or label must fit float32, a weight
/// also be 0 or more). Throws Error "PATH:LINE: COLUMN: …" with the text.
void append(Column& column, std::string_view text, const std::string& path, std::int64_t line);

}  // namespace gradus
