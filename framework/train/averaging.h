#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "framework/core/component.h"
#include "framework/nn/model.h"

namespace gradus {

/// What share of each step's weights their average takes.
class Averaging {
 public:
  virtual ~Averaging() = default;

  /// average += share * (weights - average), after a step, from 1.
  virtual double share(std::int64_t step) const = 0;
};

/// All ways of averaging, by the `kind` that a config names:
/// - `none`: 1, the weights themselves.
/// - `exponential`: 1 - momentum, from the initial weights on. As Keras 2's `use_ema`.
/// - `polyak`: the mean of the weights after all steps beyond `after_steps` (Polyak and Juditsky,
///   1992), before that the weights themselves. As PyTorch's AveragedModel.
const Catalogue<std::unique_ptr<Averaging>()>& averagings();

/// The average of a model's parameters over the steps of its training; of those that are not
/// trained, what they are. All of them move at each step, tables too.
class WeightAverage {
 public:
  /// Begins with the parameters as they are. The model must live as long.
  WeightAverage(const Model& model, std::unique_ptr<Averaging> averaging);

  /// After a step, from 1.
  void update(std::int64_t step);
  /// Gives the model the averages, and keeps its parameters in their place; or the reverse.
  void swap();
  /// In the parameters' order: what the model does not have at that time.
  const std::vector<Tensor>& values() const { return values_; }

 private:
  std::vector<Tensor> parameters_;
  std::vector<bool> trained_;
  std::unique_ptr<Averaging> averaging_;
  std::vector<Tensor> values_;
};

}  // namespace gradus
