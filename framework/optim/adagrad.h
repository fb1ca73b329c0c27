#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// accumulator += g²;  w -= learning_rate * g / sqrt(accumulator + epsilon). Rows that a batch did
/// not look up stay. As Keras 2's Adagrad (Duchi et al., 2011).
class Adagrad : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double initial_accumulator_value = 0.1;
    double epsilon = 1e-7;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("initial_accumulator_value", initial_accumulator_value, at_least(0),
        "what the sum of squared gradients starts with");
      v("epsilon", epsilon, at_least(0), "added under the root");
    }
  };
  explicit Adagrad(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return weight_decay() > 0; }
  const Op& op() const override;
  Attributes attributes() const override { return {{"epsilon", options_.epsilon}}; }

 private:
  Options options_;
};

}  // namespace gradus
