#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// Adam's step, as long as the weights of the parameter: m += (1 - beta_1) * (g - m);
/// v += (1 - beta_2) * (g² - v);  with m' = m / (1 - beta_1^t) and v' = v / (1 - beta_2^t),
/// u = m' / (sqrt(v') + epsilon) + weight_decay * w;  w -= learning_rate * |w| / |u| * u, where the
/// norms are of the whole parameter and their ratio is 1 where either is 0. All rows of a table
/// move. As TensorFlow Addons' LAMB (You et al., 2020).
class Lamb : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-6;
    template <class Visitor>
    void fields(Visitor& v) {
      v("learning_rate", learning_rate, above(0), "size of a step, as a share of the weights");
      v("weight_decay", weight_decay, at_least(0), "this share of a weight is added to its step");
      v("beta_1", beta_1, range(0, 1), "how slowly the mean of the gradients forgets");
      v("beta_2", beta_2, range(0, 1), "how slowly the mean of their squares forgets");
      v("epsilon", epsilon, at_least(0), "added to the root");
    }
  };
  explicit Lamb(const Options& options) : Optimizer(options.learning_rate, 0), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return true; }
  const Op& op() const override;
  Attributes attributes() const override;

 private:
  Options options_;
};

}  // namespace gradus
