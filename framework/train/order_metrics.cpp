#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "framework/train/metric.h"

namespace gradus {
namespace {

constexpr double kHalf = 0.5;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Calls tie(begin, end) for each run of equal values in `order`, which sorts them.
template <class Tie>
void for_each_tie(std::span<const float> values, std::span<const std::size_t> order,
                  const Tie& tie) {
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    tie(begin, end);
    begin = end;
  }
}

/// The rows by value, those of one value in row order.
std::vector<std::size_t> sorted(std::span<const float> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [values](std::size_t row) { return values[row]; });
  return order;
}

/// Ranks that a row of weight n has as one of n rows; equal values share the mean of theirs. Less
/// 1/2 each.
std::vector<double> ranks(std::span<const float> values, const MetricRows& rows) {
  const std::vector<std::size_t> order = sorted(values);
  std::vector<double> out(values.size());
  double before = 0;
  for_each_tie(values, order, [&](std::size_t begin, std::size_t end) {
    double here = 0;
    for (std::size_t i = begin; i < end; ++i) here += rows.weight(order[i]);
    for (std::size_t i = begin; i < end; ++i) out[order[i]] = before + kHalf * here;
    before += here;
  });
  return out;
}

/// Spearman's rho: Pearson's correlation of the ranks, in which a row of weight n counts as n rows
/// would. As scipy's spearmanr, not a number where predictions or labels are all the same.
double spearman(const MetricRows& rows, const MetricParameters& /*parameters*/) {
  const std::vector<double> a = ranks(rows.predictions, rows);
  const std::vector<double> b = ranks(rows.labels, rows);
  double weights = 0;
  for (std::size_t i = 0; i < a.size(); ++i) weights += rows.weight(i);
  const double mean = kHalf * weights;
  double aa = 0;
  double bb = 0;
  double ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += rows.weight(i) * (a[i] - mean) * (a[i] - mean);
    bb += rows.weight(i) * (b[i] - mean) * (b[i] - mean);
    ab += rows.weight(i) * (a[i] - mean) * (b[i] - mean);
  }
  return aa > 0 && bb > 0 ? ab / (std::sqrt(aa) * std::sqrt(bb)) : kNan;
}

/// Weights by place, whose sum over the first places takes logarithmic time (Fenwick, 1994).
class PrefixSums {
 public:
  explicit PrefixSums(std::size_t places) : sums_(places + 1) {}

  void add(std::size_t place, double weight) {
    for (std::size_t i = place + 1; i < sums_.size(); i += i & (~i + 1)) sums_[i] += weight;
  }
  /// Of the places before `end`.
  double before(std::size_t end) const {
    double sum = 0;
    for (std::size_t i = end; i > 0; i -= i & (~i + 1)) sum += sums_[i];
    return sum;
  }

 private:
  std::vector<double> sums_;
};

/// The number of each row's value among the different ones, in their order.
std::vector<std::size_t> places(std::span<const float> values, std::size_t& count) {
  const std::vector<std::size_t> order = sorted(values);
  std::vector<std::size_t> out(values.size());
  count = 0;
  for_each_tie(values, order, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) out[order[i]] = count;
    ++count;
  });
  return out;
}

/// The weights of pairs of rows whose values differ.
double untied_pairs(const std::vector<std::size_t>& places, std::size_t count,
                    const MetricRows& rows) {
  std::vector<double> weights(count);
  for (std::size_t i = 0; i < places.size(); ++i) weights[places[i]] += rows.weight(i);
  double before = 0;
  double pairs = 0;
  for (const double weight : weights) {
    pairs += before * weight;
    before += weight;
  }
  return pairs;
}

/// Kendall's tau-b: (concordant - discordant) / sqrt(pairs untied in predictions * pairs untied in
/// labels), a pair counting by the product of its weights. As scipy's kendalltau, not a number
/// where predictions or labels are all the same. In n log n.
double kendall(const MetricRows& rows, const MetricParameters& /*parameters*/) {
  std::size_t predictions = 0;
  std::size_t labels = 0;
  const std::vector<std::size_t> place = places(rows.predictions, predictions);
  const std::vector<std::size_t> label = places(rows.labels, labels);
  const double pairs = untied_pairs(place, predictions, rows) * untied_pairs(label, labels, rows);
  if (!(pairs > 0)) return kNan;
  const std::vector<std::size_t> order = sorted(rows.predictions);
  PrefixSums seen(labels);
  double difference = 0;  // concordant - discordant
  for_each_tie(rows.predictions, order, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t at = label[order[i]];
      const double below = seen.before(at);
      const double above = seen.before(labels) - seen.before(at + 1);
      difference += rows.weight(order[i]) * (below - above);
    }
    for (std::size_t i = begin; i < end; ++i) seen.add(label[order[i]], rows.weight(order[i]));
  });
  return difference / std::sqrt(pairs);
}

}  // namespace

double area_under_curve(const MetricRows& rows, const MetricParameters& parameters) {
  const std::vector<std::size_t> order = sorted(rows.predictions);
  double positive = 0;
  double negative = 0;
  double won = 0;
  for_each_tie(rows.predictions, order, [&](std::size_t begin, std::size_t end) {
    double positive_here = 0;
    double negative_here = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const bool relevant = rows.labels[order[i]] >= parameters.relevant_label;
      (relevant ? positive_here : negative_here) += rows.weight(order[i]);
    }
    won += positive_here * (negative + kHalf * negative_here);
    positive += positive_here;
    negative += negative_here;
  });
  return positive > 0 && negative > 0 ? won / (positive * negative) : kNan;
}

std::vector<Metric> order_metrics() {
  using Better = Metric::Better;
  return {
      {.name = "auc", .better = Better::higher, .of_rows = area_under_curve},
      {.name = "spearman", .better = Better::higher, .of_rows = spearman},
      {.name = "kendall", .better = Better::higher, .of_rows = kendall},
  };
}

}  // namespace gradus
