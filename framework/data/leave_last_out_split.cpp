#include "framework/data/leave_last_out_split.h"

#include <algorithm>
#include <cstdint>

#include "framework/core/error.h"
#include "framework/data/time_order.h"

namespace gradus {

Split LeaveLastOutSplit::split(const Table& table) const {
  const Column* user = table.user();
  if (user == nullptr) {
    fail_config("/data/split/kind", "leave_last_out needs a user column, which {} does not have",
                table.origin());
  }
  auto rows = rows_by_time(times_for("leave_last_out", table));
  std::ranges::reverse(rows);
  const auto user_of = [&](std::int32_t row) {
    return static_cast<std::size_t>(user->codes[static_cast<std::size_t>(row)]);
  };
  std::vector<std::int32_t> count(static_cast<std::size_t>(user->strings.size()));
  for (const std::int32_t row : rows) ++count[user_of(row)];

  enum class Part : std::uint8_t { train, validation, test };
  std::vector<Part> parts(rows.size(), Part::train);
  std::vector<std::int32_t> later(count.size());  // than the row, of the same user
  for (const std::int32_t row : rows) {
    const std::size_t of = user_of(row);
    const std::int32_t place = later[of]++;
    if (place == 0 && count[of] > 1) parts[static_cast<std::size_t>(row)] = Part::test;
    if (place == 1 && count[of] > 2 && options_.validation) {
      parts[static_cast<std::size_t>(row)] = Part::validation;
    }
  }
  Split out;
  for (std::int32_t row = 0; row < table.rows(); ++row) {
    const Part part = parts[static_cast<std::size_t>(row)];
    (part == Part::train        ? out.train
     : part == Part::validation ? out.validation
                                : out.test)
        .push_back(row);
  }
  if (out.test.empty()) {
    fail_config("/data/split", "leave_last_out: no user of {} has two rows", table.origin());
  }
  if (options_.validation && out.validation.empty()) {
    fail_config("/data/split/validation", "no user of {} has three rows", table.origin());
  }
  return out;
}

}  // namespace gradus
