#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <unordered_map>

#include "framework/train/metric.h"

namespace gradus {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Item {
  double prediction = 0;
  double label = 0;
};

/// Items of one prediction: of `count` on the places from `first`, counted from 1, `relevant` are
/// relevant. Any order of them is as likely, so figures are the mean over all orders; a model that
/// predicts the same for all is worth what chance is.
struct Tie {
  std::int64_t first = 1;
  std::int64_t count = 0;
  std::int64_t relevant = 0;
  double gain = 0;  // the mean of 2^label - 1
};

/// A group's items, the highest prediction first, and what they are for.
struct Ranking {
  std::vector<Item> items;
  double weight = 0;  // the mean of the rows'
};

double gain(double label) { return std::exp2(label) - 1; }
double discount(std::int64_t place) { return 1 / std::log2(1 + static_cast<double>(place)); }

std::int64_t size(const Ranking& ranking) {
  return static_cast<std::int64_t>(ranking.items.size());
}

/// Rows that are there, those of a group side by side, the groups in the order of their first rows:
/// so figures do not depend on the groups' numbers.
std::vector<std::size_t> by_first_row(const MetricRows& rows) {
  std::vector<std::size_t> order(rows.labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&rows](std::size_t row) { return rows.weight(row) == 0; });
  std::unordered_map<std::int32_t, std::size_t> first;
  for (const std::size_t row : order) first.try_emplace(rows.groups[row], row);
  std::ranges::stable_sort(order, {},
                           [&](std::size_t row) { return first.find(rows.groups[row])->second; });
  return order;
}

/// Calls body(ranking) for each group that has rows of a weight.
template <class Body>
void for_each_group(const MetricRows& rows, const Body& body) {
  const std::vector<std::size_t> order = by_first_row(rows);
  Ranking ranking;
  for (std::size_t begin = 0; begin < order.size();) {
    ranking.items.clear();
    double sum = 0;
    std::size_t end = begin;
    for (; end < order.size() && rows.groups[order[end]] == rows.groups[order[begin]]; ++end) {
      const std::size_t row = order[end];
      ranking.items.push_back(
          {static_cast<double>(rows.predictions[row]), static_cast<double>(rows.labels[row])});
      sum += rows.weight(row);
    }
    ranking.weight = sum / static_cast<double>(end - begin);
    std::ranges::stable_sort(ranking.items, std::greater(), &Item::prediction);
    body(ranking);
    begin = end;
  }
}

/// Calls body(tie) for each tie, the best first.
template <class Body>
void for_each_tie(const Ranking& ranking, double relevant_label, const Body& body) {
  Tie tie;
  for (std::int64_t i = 0; i < size(ranking); ++i) {
    const Item& item = ranking.items[static_cast<std::size_t>(i)];
    ++tie.count;
    tie.relevant += item.label >= relevant_label ? 1 : 0;
    tie.gain += gain(item.label);
    if (i + 1 < size(ranking) &&
        ranking.items[static_cast<std::size_t>(i + 1)].prediction == item.prediction) {
      continue;
    }
    tie.gain /= static_cast<double>(tie.count);
    body(tie);
    tie = {.first = i + 2};
  }
}

std::int64_t relevant_items(const Ranking& ranking, double relevant_label) {
  return std::ranges::count_if(ranking.items,
                               [=](const Item& item) { return item.label >= relevant_label; });
}

/// The mean over groups, each by its weight, of what `of` says; 0 where there are none, as Keras'
/// and TensorFlow Ranking's means.
template <double (*of)(const Ranking&, const MetricParameters&)>
double mean_over_groups(const MetricRows& rows, const MetricParameters& parameters) {
  double sum = 0;
  double weights = 0;
  for_each_group(rows, [&](const Ranking& ranking) {
    sum += ranking.weight * of(ranking, parameters);
    weights += ranking.weight;
  });
  return weights == 0 ? 0 : sum / weights;
}

/// sum((2^label - 1) / log2(1 + place)) over the first k places, by its value for the best order of
/// the group's items; 0 where no label is above 0.
double ndcg(const Ranking& ranking, const MetricParameters& parameters) {
  const std::int64_t end = std::min(parameters.cut, size(ranking));
  std::vector<double> gains;
  gains.reserve(ranking.items.size());
  for (const Item& item : ranking.items) gains.push_back(gain(item.label));
  std::ranges::sort(gains, std::greater());
  double best = 0;
  for (std::int64_t place = 1; place <= end; ++place) {
    best += gains[static_cast<std::size_t>(place - 1)] * discount(place);
  }
  if (!(best > 0)) return 0;
  double sum = 0;
  for_each_tie(ranking, parameters.relevant_label, [&](const Tie& tie) {
    double discounts = 0;
    for (std::int64_t i = 0; i < tie.count && tie.first + i <= end; ++i) {
      discounts += discount(tie.first + i);
    }
    sum += tie.gain * discounts;
  });
  return sum / best;
}

/// Calls body(place, probability) for the places that the first relevant item can have.
template <class Body>
void for_each_first_place(const Ranking& ranking, const MetricParameters& parameters,
                          const Body& body) {
  bool found = false;
  for_each_tie(ranking, parameters.relevant_label, [&](const Tie& tie) {
    if (found || tie.relevant == 0) return;
    found = true;
    const auto count = static_cast<double>(tie.count);
    const auto relevant = static_cast<double>(tie.relevant);
    double probability = relevant / count;
    for (std::int64_t i = 0; i + tie.relevant <= tie.count; ++i) {
      if (tie.first + i > parameters.cut) return;
      body(tie.first + i, probability);
      const double left = count - static_cast<double>(i) - 1;
      if (left > 0) probability *= (left + 1 - relevant) / left;
    }
  });
}

/// 1 / place of the first relevant item, 0 where it is not among the first k or there is none.
double reciprocal_rank(const Ranking& ranking, const MetricParameters& parameters) {
  double sum = 0;
  for_each_first_place(ranking, parameters, [&](std::int64_t place, double probability) {
    sum += probability / static_cast<double>(place);
  });
  return sum;
}

/// 1 where a relevant item is among the first k, else 0.
double hit(const Ranking& ranking, const MetricParameters& parameters) {
  double sum = 0;
  for_each_first_place(ranking, parameters,
                       [&](std::int64_t, double probability) { sum += probability; });
  return std::min(sum, 1.0);
}

/// How many of the first k are relevant.
double hits(const Ranking& ranking, const MetricParameters& parameters) {
  double sum = 0;
  for_each_tie(ranking, parameters.relevant_label, [&](const Tie& tie) {
    const std::int64_t seen =
        std::clamp(parameters.cut - tie.first + 1, std::int64_t{0}, tie.count);
    sum += static_cast<double>(seen) * static_cast<double>(tie.relevant) /
           static_cast<double>(tie.count);
  });
  return sum;
}

double precision(const Ranking& ranking, const MetricParameters& parameters) {
  return hits(ranking, parameters) / static_cast<double>(std::min(parameters.cut, size(ranking)));
}

double recall(const Ranking& ranking, const MetricParameters& parameters) {
  const std::int64_t relevant = relevant_items(ranking, parameters.relevant_label);
  return relevant == 0 ? 0 : hits(ranking, parameters) / static_cast<double>(relevant);
}

/// The sum, over the relevant items among the first k, of the share of relevant items up to there,
/// by the number of relevant items; 0 where there are none. In a tie of n items of which r are
/// relevant, an item is with probability r / n, and then each other one with (r - 1) / (n - 1).
double average_precision(const Ranking& ranking, const MetricParameters& parameters) {
  double sum = 0;
  double before = 0;
  for_each_tie(ranking, parameters.relevant_label, [&](const Tie& tie) {
    const auto relevant = static_cast<double>(tie.relevant);
    const auto count = static_cast<double>(tie.count);
    const double other = tie.count > 1 ? (relevant - 1) / (count - 1) : 0;
    for (std::int64_t i = 0; i < tie.count && tie.first + i <= parameters.cut; ++i) {
      sum += relevant / count * (before + 1 + static_cast<double>(i) * other) /
             static_cast<double>(tie.first + i);
    }
    before += relevant;
  });
  return before == 0 ? 0 : sum / before;
}

/// The mean of the groups' areas under the curve, each by the sum of its rows' weights, over groups
/// of both classes (GAUC; Zhou et al., 2018, arXiv:1706.06978). Not a number where there are none.
double grouped_auc(const MetricRows& rows, const MetricParameters& parameters) {
  const std::vector<std::size_t> order = by_first_row(rows);
  std::vector<float> predictions;
  std::vector<float> labels;
  std::vector<float> weights;
  double sum = 0;
  double all = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    predictions.clear();
    labels.clear();
    weights.clear();
    double here = 0;
    std::size_t end = begin;
    for (; end < order.size() && rows.groups[order[end]] == rows.groups[order[begin]]; ++end) {
      predictions.push_back(rows.predictions[order[end]]);
      labels.push_back(rows.labels[order[end]]);
      weights.push_back(rows.weights.empty() ? 1.0F : rows.weights[order[end]]);
      here += rows.weight(order[end]);
    }
    begin = end;
    const double area = area_under_curve(
        {.predictions = predictions, .labels = labels, .weights = weights}, parameters);
    if (std::isnan(area)) continue;
    sum += here * area;
    all += here;
  }
  return all > 0 ? sum / all : kNan;
}

Metric by_group(std::string name, double (*of_rows)(const MetricRows&, const MetricParameters&)) {
  return {.name = std::move(name),
          .better = Metric::Better::higher,
          .by_group = true,
          .of_rows = of_rows};
}

}  // namespace

std::vector<Metric> group_metrics() {
  return {
      by_group("grouped_auc", grouped_auc),
      by_group("ndcg", mean_over_groups<ndcg>),
      by_group("ndcg@k", mean_over_groups<ndcg>),
      by_group("mean_reciprocal_rank", mean_over_groups<reciprocal_rank>),
      by_group("mean_reciprocal_rank@k", mean_over_groups<reciprocal_rank>),
      by_group("mean_average_precision", mean_over_groups<average_precision>),
      by_group("mean_average_precision@k", mean_over_groups<average_precision>),
      by_group("precision@k", mean_over_groups<precision>),
      by_group("recall@k", mean_over_groups<recall>),
      by_group("hit_rate@k", mean_over_groups<hit>),
  };
}

}  // namespace gradus
