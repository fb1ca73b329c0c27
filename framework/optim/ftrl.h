#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// Follow the regularised leader: with p = -learning_rate_power and n' = n + g²,
/// z += g - (n'^p - n^p) / learning_rate * w;
/// w = (clip(z, -l1, l1) - z) / ((n'^p + beta) / learning_rate + 2 * l2);  n = n'.
/// So l1 makes weights exactly 0. All rows of a table move, one that was never looked up to 0. As
/// Keras 2's Ftrl (McMahan et al., 2013).
class Ftrl : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double learning_rate_power = -0.5;
    double initial_accumulator_value = 0.1;
    double l1 = 0.0;
    double l2 = 0.0;
    double beta = 0.0;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("learning_rate_power", learning_rate_power, range(-1, 0),
        "how steps shrink by the gradients so far: 0 not at all, -0.5 by their root");
      v("initial_accumulator_value", initial_accumulator_value, at_least(0),
        "what the sum of squared gradients starts with");
      v("l1", l1, at_least(0), "how strongly weights are drawn to 0 by their size");
      v("l2", l2, at_least(0), "how strongly weights are drawn to 0 by their square");
      v("beta", beta, at_least(0), "smoothing of the learning rate of the paper");
    }
  };
  explicit Ftrl(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return true; }
  const Op& op() const override;
  Attributes attributes() const override {
    return {{"learning_rate_power", options_.learning_rate_power},
            {"l1", options_.l1},
            {"l2", options_.l2},
            {"beta", options_.beta}};
  }

 private:
  Options options_;
};

}  // namespace gradus
