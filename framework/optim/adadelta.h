#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// v += (1 - rho) * (g² - v);  s = sqrt(u + epsilon) / sqrt(v + epsilon) * g;
/// u += (1 - rho) * (s² - u);  w -= learning_rate * s. All rows of a table forget. As Keras 2's
/// Adadelta (Zeiler, 2012, where the learning rate is 1).
class Adadelta : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.001;
    double weight_decay = 0.0;
    double rho = 0.95;
    double epsilon = 1e-7;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("rho", rho, range(0, 1), "how slowly the means of squares forget");
      v("epsilon", epsilon, at_least(0), "added under both roots");
    }
  };
  explicit Adadelta(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return true; }
  const Op& op() const override;
  Attributes attributes() const override {
    return {{"rho", options_.rho}, {"epsilon", options_.epsilon}};
  }

 private:
  Options options_;
};

}  // namespace gradus
