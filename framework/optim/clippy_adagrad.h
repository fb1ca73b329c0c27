#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// Adagrad whose step is shrunk as a whole where it would change a weight too much:
/// d = learning_rate * g / sqrt(accumulator + epsilon), from the accumulator of the step before;
/// s = the least of 1 and, over all d that are not 0,
/// (variable_relative_threshold * |w| + accumulator_relative_threshold / sqrt(accumulator +
/// epsilon)
/// + absolute_threshold) / |d|;  w -= s * d;  accumulator += g², or (s * g)² with
/// `clip_accumulator_update`. Rows that a batch did not look up stay, and do not count for s. As
/// TensorFlow Recommenders' ClippyAdagrad (Tang et al., 2023, with a learning rate of 1).
class ClippyAdagrad : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double initial_accumulator_value = 0.1;
    double variable_relative_threshold = 0.1;
    double accumulator_relative_threshold = 0.0;
    double absolute_threshold = 1e-7;
    double epsilon = 1e-7;
    bool clip_accumulator_update = false;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("initial_accumulator_value", initial_accumulator_value, at_least(0),
        "what the sum of squared gradients starts with");
      v("variable_relative_threshold", variable_relative_threshold, at_least(0),
        "a weight changes by no more than this times its size, and what the other thresholds add");
      v("accumulator_relative_threshold", accumulator_relative_threshold, at_least(0),
        "and this divided by the root of the accumulator");
      v("absolute_threshold", absolute_threshold, at_least(0), "and this");
      v("epsilon", epsilon, at_least(0), "added under the root");
      v("clip_accumulator_update", clip_accumulator_update, anything(),
        "whether the accumulator takes the gradient as shrunk as the step");
    }
  };
  explicit ClippyAdagrad(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return weight_decay() > 0; }
  const Op& op() const override;
  Attributes attributes() const override;

 private:
  Options options_;
};

}  // namespace gradus
