#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// v += (1 - rho) * (g² - v);  s = learning_rate * g / sqrt(v + epsilon);  w -= s. `centered`
/// subtracts the square of the gradients' own mean from v under the root; with momentum m:
/// b = m * b + s, then w -= b. All rows of a table forget, and with momentum move. As Keras 2's
/// RMSprop (Hinton, 2012).
class RmsProp : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double rho = 0.9;
    double momentum = 0.0;
    double epsilon = 1e-7;
    bool centered = false;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("rho", rho, range(0, 1), "how slowly the mean of squared gradients forgets");
      v("momentum", momentum, range(0, 1), "share of the last step that is taken again");
      v("epsilon", epsilon, at_least(0), "added under the root");
      v("centered", centered, anything(), "whether the variance stands for the mean of squares");
    }
  };
  explicit RmsProp(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return true; }
  const Op& op() const override;
  Attributes attributes() const override {
    return {{"rho", options_.rho}, {"momentum", options_.momentum}, {"epsilon", options_.epsilon}};
  }

 private:
  Options options_;
};

}  // namespace gradus
