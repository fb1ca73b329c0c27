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
  std::span<const float> predictions;         ///< by row
  std::span<const float> labels;              ///< by row
  std::span<const float> weights = {};        ///< none: each row counts once
  std::span<const std::int32_t> groups = {};  ///< rows of one number are compared; none: not known

  /// Of a row; 1 where none has any.
  double weight(std::size_t row) const {
    return weights.empty() ? 1.0 : static_cast<double>(weights[row]);
  }
};

/// What a metric depends on beside the rows.
struct MetricParameters {
  float threshold = 0.5F;    ///< predictions above it are positive
  float relevant_label = 1;  ///< labels of this and above are positive, the rows relevant
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
  Better better = Better::lower;  ///< what choices look for
  /// Whether it compares the rows of a group with each other, and needs to know them.
  bool by_group = false;

  // Either a running metric: what rows add, and what becomes of the sums;
  /// What rows add, one after the other.
  void (*add)(Sums& sums, const MetricRows& rows, const MetricParameters& parameters) = nullptr;
  double (*finish)(const Sums& sums) = nullptr;  ///< the figure
  // or one of all rows at once.
  /// The figure.
  double (*of_rows)(const MetricRows& rows, const MetricParameters& parameters) = nullptr;
};

/// Metrics of each row by itself, with weights w, predictions p and labels y:
/// mean_squared_error = sum(w * (p - y)²) / sum(w), root_mean_squared_error its root,
/// mean_absolute_error = sum(w * |p - y|) / sum(w), 0 where the weights add up to 0, as in Keras.
/// For probabilities p and labels of 0 and 1, or between:
/// log_loss = -sum(w * (y * log(p) + (1 - y) * log(1 - p))) / sum(w), as scikit-learn's, p kept
/// from 1e-7 to 1 - 1e-7; normalized_entropy = log_loss / that of predicting the mean label for
/// all, not a number for one class; calibration = sum(w * p) / sum(w * y), not a number where there
/// is no label (both He et al., 2014). Positive are predictions above the threshold, and labels of
/// the relevant label and above: accuracy, precision and recall as scikit-learn's, 0 where they
/// would divide by 0.
std::vector<Metric> running_metrics();
/// Metrics of the order of all rows: auc (`area_under_curve`), spearman (rho, as scipy's spearmanr)
/// and kendall (tau-b, as scipy's kendalltau); to the last two, a row of weight n is n rows. Not
/// numbers where predictions or labels are all the same.
std::vector<Metric> order_metrics();
/// Metrics of the order within groups, such as users, in which rows stand by falling prediction;
/// where predictions are equal, the mean over all their orders is taken. Of a group's first k rows:
/// ndcg@k = sum((2^label - 1) / log2(1 + place)) by its value for the best order; precision@k = the
/// relevant rows by the rows; recall@k = by the group's relevant rows; hit_rate@k = whether there
/// is a relevant one; mean_reciprocal_rank@k = 1 / the place of the first; mean_average_precision@k
/// = the sum of precision at each relevant row's place by the group's relevant rows. Without @k, of
/// all rows. A group counts by the mean weight of its rows, also one without a relevant row, whose
/// figure is 0; all as in TensorFlow Ranking, for weights that are the same for all rows of a
/// group. grouped_auc is the mean of groups' auc, each by the sum of its weights, over groups of
/// both classes (GAUC; Zhou et al., 2018, arXiv:1706.06978).
std::vector<Metric> group_metrics();

/// The area under the ROC curve, the probability that a positive row is predicted higher than a
/// negative one, where a tie is a half: sum(w+ * w- * [p+ > p-] + [p+ = p-] / 2) / sum(w+ * w-), as
/// scikit-learn's roc_auc_score. Not a number where all rows are of one class.
double area_under_curve(const MetricRows& rows, const MetricParameters& parameters);

}  // namespace gradus
