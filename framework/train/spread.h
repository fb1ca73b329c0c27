#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "framework/data/vocabulary.h"

namespace gradus {

/// The standard deviation of all the numbers (divided by their count), in float64; 0 for none.
double standard_deviation(std::span<const float> numbers);

/// At most `count` ids of a vocabulary, spread evenly: entry floor(k * n / count) of n.
std::vector<std::int32_t> spread_ids(const Vocabulary& vocabulary, std::int64_t count);

/// A user's scores for items, by their ids: one for each item.
using ScoreItems =
    std::function<std::vector<float>(std::int32_t user, std::span<const std::int32_t> items)>;

/// How alike the orders are in which users get items.
struct OrderCorrelation {
  double correlation = 0;  ///< 1 means that everybody gets the same list
  std::int32_t users = 0;  ///< whose lists were compared
  std::int32_t items = 0;  ///< that were ranked
};

/// The mean over 50 users of Spearman's correlation (ties by average rank) between the user's
/// scores and the mean of those users' scores, over at most 2,000 items; both are spread evenly
/// through the vocabularies: entry floor(k * n / 50) of n, without the out-of-vocabulary row; all,
/// where there are fewer. A list that orders nothing agrees (1) with another such list alone, else
/// 0. Throws Error where a score is not finite, their number is not the items', or a vocabulary is
/// empty.
OrderCorrelation order_correlation(const Vocabulary& users, const Vocabulary& items,
                                   const ScoreItems& score);

}  // namespace gradus
