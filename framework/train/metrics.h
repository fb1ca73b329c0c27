#pragma once

#include <memory>
#include <span>
#include <string>

#include "framework/core/component.h"

namespace gradus {

/// A figure over the rows of an epoch or an evaluation, accumulated in float64 in row order, so
/// that it is the same however the rows are cut into batches. As in Keras, a row counts by its
/// sample weight: a mean is sum(weight * value) / sum(weight), and 0 where the weights add up to 0.
class Metric {
 public:
  virtual ~Metric() = default;
  Metric() = default;
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;

  /// Adds rows; no weights mean 1 each. Throws Error where the lengths differ.
  void update(std::span<const float> predictions, std::span<const float> labels,
              std::span<const float> weights = {});
  /// Of all rows since the last reset.
  double result() const;
  void reset();

  /// What has been added up.
  struct State {
    double sum = 0;
    double weight = 0;
    friend bool operator==(const State&, const State&) = default;
  };
  State state() const { return state_; }
  /// Goes on from there.
  void restore(const State& state) { state_ = state; }

  /// Whether a model is the better the higher this is.
  virtual bool higher_is_better() const { return false; }

 protected:
  /// What one row adds to the mean.
  virtual double value(double prediction, double label) const = 0;
  /// What becomes of the mean.
  virtual double finish(double mean) const { return mean; }

 private:
  State state_;
};

/// The values of `task.metrics`: root_mean_squared_error, mean_squared_error, mean_absolute_error;
/// and for labels of 0 and 1 whose predictions are probabilities, log_loss and accuracy.
const Catalogue<std::unique_ptr<Metric>()>& metrics();

/// A new metric of that name. Throws Error with all names and the nearest where there is none.
std::unique_ptr<Metric> make_metric(const std::string& name);

}  // namespace gradus
