#include "framework/train/spread.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "framework/core/error.h"

namespace gradus {
namespace {

constexpr std::int64_t kUsers = 50;
constexpr std::int64_t kItems = 2000;

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order,
                    [values](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + 1 + end) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

/// Pearson's correlation of ranks. Those always have the same mean.
double correlation(std::span<const double> a, std::span<const double> b) {
  const double mean = static_cast<double>(a.size() + 1) / 2;
  double aa = 0;
  double bb = 0;
  double ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean) * (a[i] - mean);
    bb += (b[i] - mean) * (b[i] - mean);
    ab += (a[i] - mean) * (b[i] - mean);
  }
  if (aa == 0 || bb == 0) return aa == bb ? 1 : 0;
  return ab / std::sqrt(aa * bb);
}

std::vector<double> scores_of(const ScoreItems& score, const Vocabulary& users, std::int32_t user,
                              const Vocabulary& items, std::span<const std::int32_t> ids) {
  const std::vector<float> scores = score(user, ids);
  if (scores.size() != ids.size()) {
    fail("order correlation: {} scores for {} items", scores.size(), ids.size());
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!std::isfinite(scores[i])) {
      fail("order correlation: the score of \"{}\" for \"{}\" is {}", items.string(ids[i]),
           users.string(user), scores[i]);
    }
  }
  return {scores.begin(), scores.end()};
}

}  // namespace

std::vector<std::int32_t> spread_ids(const Vocabulary& vocabulary, std::int64_t count) {
  const std::int64_t size = vocabulary.size();
  count = std::min(count, size);
  std::vector<std::int32_t> ids;
  for (std::int64_t k = 0; k < count; ++k) {
    ids.push_back(static_cast<std::int32_t>(k * size / count + 1));
  }
  return ids;
}

double standard_deviation(std::span<const float> numbers) {
  if (numbers.empty()) return 0;
  const auto count = static_cast<double>(numbers.size());
  double sum = 0;
  for (float number : numbers) sum += static_cast<double>(number);
  const double mean = sum / count;
  double squares = 0;
  for (float number : numbers) {
    const double difference = static_cast<double>(number) - mean;
    squares += difference * difference;
  }
  return std::sqrt(squares / count);
}

OrderCorrelation order_correlation(const Vocabulary& users, const Vocabulary& items,
                                   const ScoreItems& score) {
  if (users.size() == 0 || items.size() == 0) {
    fail("order correlation: {} users and {} items", users.size(), items.size());
  }
  const std::vector<std::int32_t> user_ids = spread_ids(users, kUsers);
  const std::vector<std::int32_t> item_ids = spread_ids(items, kItems);
  std::vector<double> mean(item_ids.size(), 0);
  std::vector<std::vector<double>> ranks_of_users;
  for (std::int32_t user : user_ids) {
    const std::vector<double> scores = scores_of(score, users, user, items, item_ids);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += scores[i] / static_cast<double>(user_ids.size());
    }
    ranks_of_users.push_back(ranks(scores));
  }
  const std::vector<double> mean_ranks = ranks(mean);
  double sum = 0;
  for (const auto& user_ranks : ranks_of_users) sum += correlation(user_ranks, mean_ranks);
  return {.correlation = sum / static_cast<double>(user_ids.size()),
          .users = static_cast<std::int32_t>(user_ids.size()),
          .items = static_cast<std::int32_t>(item_ids.size())};
}

}  // namespace gradus
