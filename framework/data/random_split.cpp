#include "framework/data/random_split.h"

#include <cmath>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace gradus {
namespace {

bool is_fraction(double option) { return option < 1; }

/// The rows that an option asks for; fractions round to the nearest count.
std::int64_t count(const char* pointer, double option, std::int64_t rows) {
  if (is_fraction(option)) return std::llround(option * static_cast<double>(rows));
  if (option != std::floor(option)) {
    fail_config(pointer, "{}: a whole count or a fraction below 1 is required", option);
  }
  constexpr double kLargest = 9e18;
  return option < kLargest ? static_cast<std::int64_t>(option) : INT64_MAX;
}

}  // namespace

Split RandomSplit::split(const Table& table) const {
  const double train_option = options_.train;
  const double test_option = options_.test;
  const std::int64_t rows = table.rows();
  const std::int64_t train = count("/data/split/train", train_option, rows);
  std::int64_t test = count("/data/split/test", test_option, rows);
  if (is_fraction(train_option) && is_fraction(test_option) &&
      train_option + test_option < 1.0 + 1e-9) {
    // Rounded at their common end, so that 0.5 and 0.5 of five rows are not six.
    test = std::llround((train_option + test_option) * static_cast<double>(rows)) - train;
  }
  if (train > rows || test > rows - train) {
    fail_config("/data/split", "train {} and test {} are more than the {} rows of {}", train_option,
                test_option, rows, table.origin());
  }
  if (train < 1 || test < 1) {
    fail_config("/data/split", "train {} and test {} of the {} rows of {} leave no row for {}",
                train_option, test_option, rows, table.origin(),
                train < 1 ? "training" : "the test");
  }
  const auto order = Random(static_cast<std::uint64_t>(options_.seed), "split").permutation(rows);
  const auto middle = order.begin() + train;
  return {.train = {order.begin(), middle}, .test = {middle, middle + test}};
}

}  // namespace gradus
