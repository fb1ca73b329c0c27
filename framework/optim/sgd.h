#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// w -= learning_rate * g. With momentum m: v = m * v - learning_rate * g, then w += v, or
/// w += m * v - learning_rate * g with `nesterov` (Nesterov 1983, as in Sutskever et al. 2013). As
/// Keras 2's SGD: without momentum, rows that a batch did not look up stay; with it, all rows move.
class Sgd : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.01;
    double weight_decay = 0.0;
    double momentum = 0.0;
    bool nesterov = false;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("momentum", momentum, range(0, 1), "share of the last step that is taken again");
      v("nesterov", nesterov, anything(), "whether the gradient is taken after the momentum");
    }
  };
  explicit Sgd(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return options_.momentum > 0 || weight_decay() > 0; }
  const Op& op() const override;
  Attributes attributes() const override {
    return {{"momentum", options_.momentum}, {"nesterov", options_.nesterov}};
  }

 private:
  Options options_;
};

}  // namespace gradus
