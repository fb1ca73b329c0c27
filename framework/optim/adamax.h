#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// m += (1 - beta_1) * (g - m);  u = max(beta_2 * u, |g|);
/// w -= learning_rate / (1 - beta_1^t) * m / (u + epsilon). All rows of a table move. As Keras 2's
/// Adamax (Kingma and Ba, 2015).
class Adamax : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("beta_1", beta_1, range(0, 1), "how slowly the mean of the gradients forgets");
      v("beta_2", beta_2, range(0, 1), "how slowly the largest gradient forgets");
      v("epsilon", epsilon, at_least(0), "added to the largest gradient");
    }
  };
  explicit Adamax(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return true; }
  const Op& op() const override;
  Attributes attributes() const override {
    return {
        {"beta_1", options_.beta_1}, {"beta_2", options_.beta_2}, {"epsilon", options_.epsilon}};
  }

 private:
  Options options_;
};

}  // namespace gradus
