#include "framework/data/random_split.h"

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace gradus {
namespace {

bool is_fraction(double option) { return option < 1; }

/// The rows that an option asks for; `fraction` is the sum of the fractions so far.
std::int64_t count(const std::string& pointer, double option, double& fraction, std::int64_t rows) {
  if (is_fraction(option)) {
    const auto all = static_cast<double>(rows);
    const std::int64_t before = std::llround(fraction * all);
    fraction += option;
    return std::llround(fraction * all) - before;
  }
  if (option != std::floor(option)) {
    fail_config(pointer, "{}: a whole count or a fraction below 1 is required", option);
  }
  constexpr double kLargest = 9e18;
  return option < kLargest ? static_cast<std::int64_t>(option) : INT64_MAX;
}

}  // namespace

Split RandomSplit::split(const Table& table) const {
  const std::array<double, 3> options{options_.train, options_.validation, options_.test};
  const std::array<const char*, 3> keys{"train", "validation", "test"};
  const std::int64_t rows = table.rows();
  // Fractions are rounded at their common end, so that 0.5 and 0.5 of five rows are not six.
  std::array<std::int64_t, 3> counts{};
  double fraction = 0;
  std::int64_t left = rows;
  for (std::size_t i = 0; i < options.size(); ++i) {
    counts[i] = count(fmt::format("/data/split/{}", keys[i]), options[i], fraction, rows);
    left = counts[i] > left ? -1 : left - counts[i];
    if (left < 0) break;
  }
  const std::string asked = fmt::format(
      "train {}{} and test {}", options_.train,
      options_.validation == 0 ? "" : fmt::format(", validation {}", options_.validation),
      options_.test);
  if (left < 0) {
    fail_config("/data/split", "{} are more than the {} rows of {}", asked, rows, table.origin());
  }
  const auto none = [&](std::string_view whom) {
    fail_config("/data/split", "{} of the {} rows of {} leave no row for {}", asked, rows,
                table.origin(), whom);
  };
  if (counts[0] < 1) none("training");
  if (options_.validation > 0 && counts[1] < 1) none("validation");
  if (counts[2] < 1) none("the test");
  const auto order = Random(static_cast<std::uint64_t>(options_.seed), "split").permutation(rows);
  const auto first = order.begin() + counts[0];
  const auto second = first + counts[1];
  return {.train = {order.begin(), first},
          .validation = {first, second},
          .test = {second, second + counts[2]}};
}

}  // namespace gradus
