#include "framework/train/metrics.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "framework/core/error.h"

namespace gradus {
namespace {

struct NoOptions {
  template <class Visitor>
  void fields(Visitor&) {}
};

/// mean((prediction - label)^2)
class MeanSquaredError : public Metric {
 public:
  using Options = NoOptions;
  explicit MeanSquaredError(const Options&) {}

 protected:
  double value(double prediction, double label) const override {
    return (prediction - label) * (prediction - label);
  }
};

/// The square root of the mean squared error.
class RootMeanSquaredError : public MeanSquaredError {
 public:
  using MeanSquaredError::MeanSquaredError;

 protected:
  double finish(double mean) const override { return std::sqrt(mean); }
};

/// mean(|prediction - label|)
class MeanAbsoluteError : public Metric {
 public:
  using Options = NoOptions;
  explicit MeanAbsoluteError(const Options&) {}

 protected:
  double value(double prediction, double label) const override {
    return std::abs(prediction - label);
  }
};

/// -mean(label * log(p) + (1 - label) * log(1 - p)), p kept from 1e-7 to 1 - 1e-7 as by Keras'
/// BinaryCrossentropy; the further 1e-7 that Keras adds inside each logarithm is left out.
class LogLoss : public Metric {
 public:
  using Options = NoOptions;
  explicit LogLoss(const Options&) {}

 protected:
  double value(double prediction, double label) const override {
    constexpr double kLeast = 1e-7;
    const double p = std::clamp(prediction, kLeast, 1 - kLeast);
    return -(label * std::log(p) + (1 - label) * std::log1p(-p));
  }
};

/// The share of rows where (prediction > 0.5) is the label, as Keras' BinaryAccuracy.
class Accuracy : public Metric {
 public:
  using Options = NoOptions;
  explicit Accuracy(const Options&) {}
  bool higher_is_better() const override { return true; }

 protected:
  double value(double prediction, double label) const override {
    constexpr double kThreshold = 0.5;
    return (prediction > kThreshold ? 1.0 : 0.0) == label ? 1 : 0;
  }
};

}  // namespace

void Metric::update(std::span<const float> predictions, std::span<const float> labels,
                    std::span<const float> weights) {
  if (predictions.size() != labels.size() ||
      (!weights.empty() && weights.size() != labels.size())) {
    fail("metric: {} predictions, {} labels and {} weights", predictions.size(), labels.size(),
         weights.size());
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double weight = weights.empty() ? 1.0 : static_cast<double>(weights[i]);
    state_.sum +=
        weight * value(static_cast<double>(predictions[i]), static_cast<double>(labels[i]));
    state_.weight += weight;
  }
}

double Metric::result() const {
  return finish(state_.weight == 0 ? 0 : state_.sum / state_.weight);
}

void Metric::reset() { state_ = {}; }

const Catalogue<std::unique_ptr<Metric>()>& metrics() {
  using Signature = std::unique_ptr<Metric>();
  static const Catalogue<Signature> kMetrics = {
      kind<Signature, RootMeanSquaredError>("root_mean_squared_error",
                                            "root of the mean squared difference to the label"),
      kind<Signature, MeanSquaredError>("mean_squared_error",
                                        "mean squared difference to the label"),
      kind<Signature, MeanAbsoluteError>("mean_absolute_error",
                                         "mean absolute difference to the label"),
      kind<Signature, LogLoss>("log_loss", "binary cross entropy of a probability"),
      kind<Signature, Accuracy>("accuracy",
                                "share of rows on whose side of 0.5 the probability is"),
  };
  return kMetrics;
}

std::unique_ptr<Metric> make_metric(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& metric : metrics()) {
    if (metric.name == name) return metric.create().make();
    names.push_back(metric.name);
  }
  const std::string nearest = nearest_name(name, names);
  fail("no metric \"{}\"{}; the metrics: {}", name,
       nearest.empty() ? "" : fmt::format(", nearest is \"{}\"", nearest), fmt::join(names, ", "));
}

}  // namespace gradus
