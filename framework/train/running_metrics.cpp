#include <algorithm>
#include <cmath>

#include "framework/train/metric.h"

namespace gradus {
namespace {

using Parameters = MetricParameters;

using AddRow = void (*)(Sums& sums, double prediction, double label, double weight,
                        const Parameters& parameters);

/// All rows, by what one adds.
template <AddRow add>
void each(Sums& sums, const MetricRows& rows, const Parameters& parameters) {
  Sums now = sums;  // in registers
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    add(now, static_cast<double>(rows.predictions[i]), static_cast<double>(rows.labels[i]),
        rows.weight(i), parameters);
  }
  sums = now;
}

/// A mean, as in Keras 0 where the weights add up to 0.
double mean(const Sums& sums) { return sums[1] == 0 ? 0 : sums[0] / sums[1]; }

void add_to_mean(Sums& sums, double value, double weight) {
  sums[0] += weight * value;
  sums[1] += weight;
}

void add_square(Sums& sums, double prediction, double label, double weight, const Parameters&) {
  add_to_mean(sums, (prediction - label) * (prediction - label), weight);
}

void add_absolute(Sums& sums, double prediction, double label, double weight, const Parameters&) {
  add_to_mean(sums, std::abs(prediction - label), weight);
}

constexpr double kLeast = 1e-7;  // of a probability, as in Keras

double cross_entropy(double p, double label) {
  return -(label * std::log(p) + (1 - label) * std::log1p(-p));
}

/// -(label * log(p) + (1 - label) * log(1 - p)), p kept from 1e-7 to 1 - 1e-7 as by Keras'
/// BinaryCrossentropy; the further 1e-7 that Keras adds inside each logarithm is left out.
void add_log_loss(Sums& sums, double prediction, double label, double weight, const Parameters&) {
  add_to_mean(sums, cross_entropy(std::clamp(prediction, kLeast, 1 - kLeast), label), weight);
}

void add_entropies(Sums& sums, double prediction, double label, double weight,
                   const Parameters& parameters) {
  add_log_loss(sums, prediction, label, weight, parameters);
  sums[2] += weight * label;
}

/// The log loss by that of predicting the mean label for all (He et al., 2014): below 1 a model
/// knows more than that. Not a number for one class.
double normalized(const Sums& sums) {
  const double share = sums[2] / sums[1];
  if (!(share > 0 && share < 1)) return std::numeric_limits<double>::quiet_NaN();
  return mean(sums) / cross_entropy(share, share);
}

void add_calibration(Sums& sums, double prediction, double label, double weight,
                     const Parameters&) {
  sums[0] += weight * prediction;
  sums[1] += weight * label;
}

/// sum(w * prediction) / sum(w * label) (He et al., 2014).
double ratio(const Sums& sums) {
  return sums[1] == 0 ? std::numeric_limits<double>::quiet_NaN() : sums[0] / sums[1];
}

void add_accuracy(Sums& sums, double prediction, double label, double weight,
                  const Parameters& parameters) {
  const bool right = (prediction > parameters.threshold) == (label >= parameters.relevant_label);
  add_to_mean(sums, right ? 1 : 0, weight);
}

/// Of the rows predicted to be positive, the share that is; 0 where there are none, as
/// scikit-learn's precision_score and Keras'.
void add_precision(Sums& sums, double prediction, double label, double weight,
                   const Parameters& parameters) {
  if (!(prediction > parameters.threshold)) return;
  add_to_mean(sums, label >= parameters.relevant_label ? 1 : 0, weight);
}

void add_recall(Sums& sums, double prediction, double label, double weight,
                const Parameters& parameters) {
  if (!(label >= parameters.relevant_label)) return;
  add_to_mean(sums, prediction > parameters.threshold ? 1 : 0, weight);
}

}  // namespace

std::vector<Metric> running_metrics() {
  using Better = Metric::Better;
  return {
      {.name = "root_mean_squared_error",
       .add = each<add_square>,
       .finish = [](const Sums& sums) { return std::sqrt(mean(sums)); }},
      {.name = "mean_squared_error", .add = each<add_square>, .finish = mean},
      {.name = "mean_absolute_error", .add = each<add_absolute>, .finish = mean},
      {.name = "log_loss", .add = each<add_log_loss>, .finish = mean},
      {.name = "normalized_entropy", .add = each<add_entropies>, .finish = normalized},
      {.name = "calibration",
       .better = Better::neither,
       .add = each<add_calibration>,
       .finish = ratio},
      {.name = "accuracy", .better = Better::higher, .add = each<add_accuracy>, .finish = mean},
      {.name = "precision", .better = Better::higher, .add = each<add_precision>, .finish = mean},
      {.name = "recall", .better = Better::higher, .add = each<add_recall>, .finish = mean},
  };
}

}  // namespace gradus
