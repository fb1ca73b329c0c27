#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace gradus {

/// Rows as metrics see them, in order.
struct MetricRows {
  std::span<const float> predictions;
  std::span<const float> labels;
  std::span<const float> weights = {};        ///< none: each row counts once
  std::span<const std::int32_t> groups = {};  ///< rows of one number are compared; none: not known

  double weight(std::size_t row) const {
    return weights.empty() ? 1.0 : static_cast<double>(weights[row]);
  }
};

/// What a metric depends on beside the rows.
struct MetricParameters {
  double threshold = 0.5;     ///< predictions above it are positive
  double relevant_label = 1;  ///< labels of this and above are positive, the rows relevant
  std::int64_t cut = std::numeric_limits<std::int64_t>::max();  ///< k: how many of a group are seen
};

/// What a running metric adds up.
using Sums = std::array<double, 3>;

/// A figure over the rows of an epoch or an evaluation, computed in float64 in row order, so that
/// it is the same however the rows are cut into batches. A row counts by its sample weight; one of
/// weight 0 is not there. Where rows do not define the figure it is not a number. Everything known
/// of a metric is in one constant of this type.
struct Metric {
  /// What is better: `neither` for a figure that is best at 1, by which nothing is chosen.
  enum class Better : std::uint8_t { lower, higher, neither };

  /// As `task.metrics` has it; one that ends in "@k" sees the first k rows of each group only, and
  /// is asked for as "ndcg@10".
  std::string name;
  std::string help;
  Better better = Better::lower;
  /// Whether it compares the rows of a group with each other, and needs to know them.
  bool by_group = false;

  // Either a running metric: what a row adds, and what becomes of the sums;
  void (*add)(Sums& sums, double prediction, double label, double weight,
              const MetricParameters& parameters) = nullptr;
  double (*finish)(const Sums& sums) = nullptr;
  // or one of all rows at once.
  double (*of_rows)(const MetricRows& rows, const MetricParameters& parameters) = nullptr;
};

/// Metrics of each row by itself: root_mean_squared_error, mean_squared_error, mean_absolute_error;
/// and for labels of 0 and 1 whose predictions are probabilities, log_loss, normalized_entropy,
/// calibration, accuracy, precision and recall.
std::vector<Metric> running_metrics();
/// Metrics of the order of all rows: auc, spearman, kendall.
std::vector<Metric> order_metrics();
/// Metrics of the order within groups, such as users: grouped_auc, ndcg, mean_reciprocal_rank,
/// mean_average_precision, precision, recall and hit rate at k.
std::vector<Metric> group_metrics();

/// The area under the ROC curve, the probability that a positive row is predicted higher than a
/// negative one, where a tie is a half: sum(w+ * w- * [p+ > p-] + [p+ = p-] / 2) / sum(w+ * w-), as
/// scikit-learn's roc_auc_score. Not a number where all rows are of one class.
double area_under_curve(const MetricRows& rows, const MetricParameters& parameters);

}  // namespace gradus
