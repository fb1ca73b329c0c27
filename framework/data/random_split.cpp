#include "framework/data/random_split.h"

#include "framework/core/random.h"
#include "framework/data/part_sizes.h"

namespace gradus {

Split RandomSplit::split(const Table& table) const {
  const auto sizes = part_sizes({{"train", options_.train, "training"},
                                 {"validation", options_.validation, "validation"},
                                 {"test", options_.test, "the test"}},
                                table);
  const Random random(static_cast<std::uint64_t>(options_.seed), "split");
  const auto order = random.permutation(table.rows());
  const auto first = order.begin() + sizes[0];
  const auto second = first + sizes[1];
  return {.train = {order.begin(), first},
          .validation = {first, second},
          .test = {second, second + sizes[2]}};
}

}  // namespace gradus
