#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "framework/data/table.h"

namespace gradus {

/// The times of the table's rows, for a split of that kind. Throws Error of config where the table
/// has no timestamp column.
const std::vector<double>& times_for(std::string_view split, const Table& table);

/// All rows, the earliest first; those of one time in the table's order.
std::vector<std::int32_t> rows_by_time(const std::vector<double>& times);

}  // namespace gradus
