#include "framework/data/time_order.h"

#include <algorithm>
#include <numeric>

#include "framework/core/error.h"

namespace gradus {

const std::vector<double>& times_for(std::string_view split, const Table& table) {
  const Column* column = table.timestamp();
  if (column == nullptr) {
    fail_config("/data/split/kind", "{} needs a timestamp column, which {} does not have", split,
                table.origin());
  }
  return column->times;
}

std::vector<std::int32_t> rows_by_time(const std::vector<double>& times) {
  std::vector<std::int32_t> rows(times.size());
  std::iota(rows.begin(), rows.end(), 0);
  std::ranges::stable_sort(rows, {},
                           [&](std::int32_t row) { return times[static_cast<std::size_t>(row)]; });
  return rows;
}

}  // namespace gradus
