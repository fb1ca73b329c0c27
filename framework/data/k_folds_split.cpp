#include "framework/data/k_folds_split.h"

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/data/part_sizes.h"

namespace gradus {

Split KFoldsSplit::split(const Table& table) const {
  const std::int64_t rows = table.rows();
  if (options_.fold > options_.folds) {
    fail_config("/data/split/fold", "must be from 1 to {} (folds), got {}", options_.folds,
                options_.fold);
  }
  if (options_.folds > rows) {
    fail_config("/data/split/folds", "{} folds are more than the {} rows of {}", options_.folds,
                rows, table.origin());
  }
  const std::int64_t validation =
      part_sizes({{"validation", options_.validation, "validation"}}, table).front();
  const std::int64_t begin = rows * (options_.fold - 1) / options_.folds;
  const std::int64_t end = rows * options_.fold / options_.folds;
  const std::int64_t train = rows - (end - begin) - validation;
  if (train < 1) {
    fail_config("/data/split",
                "folds {} and validation {} of the {} rows of {} leave no row for "
                "training",
                options_.folds, options_.validation, rows, table.origin());
  }
  const Random random(static_cast<std::uint64_t>(options_.seed), "split");
  auto order = random.permutation(rows);
  Split out{.test = {order.begin() + begin, order.begin() + end}};
  order.erase(order.begin() + begin, order.begin() + end);
  out.train.assign(order.begin(), order.begin() + train);
  out.validation.assign(order.begin() + train, order.end());
  return out;
}

}  // namespace gradus
