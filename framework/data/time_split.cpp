#include "framework/data/time_split.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/part_sizes.h"
#include "framework/data/time_order.h"

namespace gradus {

Split TimeSplit::split(const Table& table) const {
  const std::vector<double>& times = times_for("time", table);
  const auto rows = rows_by_time(times);
  const auto time = [&](std::int32_t row) { return times[static_cast<std::size_t>(row)]; };
  /// Where a part of so many rows before `end` begins, with all rows of its first time.
  const auto begin_of = [&](auto end, std::int64_t size) {
    if (size == 0) return end;
    const auto begin = end - std::min<std::int64_t>(size, end - rows.begin());
    return std::ranges::lower_bound(rows.begin(), end, time(*begin), {}, time);
  };
  const std::vector<AskedPart> parts = {{"validation", options_.validation, "validation"},
                                        {"test", options_.test, "the test"}};
  const auto sizes = part_sizes(parts, table);
  const auto test = begin_of(rows.end(), sizes[1]);
  const auto validation = begin_of(test, sizes[0]);
  if (validation == rows.begin()) {
    fail_config("/data/split",
                "{} of the {} rows of {} leave no row for training (rows of one time go to one "
                "part)",
                text(parts), table.rows(), table.origin());
  }
  return {.train = {rows.begin(), validation},
          .validation = {validation, test},
          .test = {test, rows.end()}};
}

}  // namespace gradus
