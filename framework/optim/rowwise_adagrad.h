#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// Adagrad with one accumulator for each row of a table or matrix, so that it keeps 1 / dimension
/// as much: accumulator += mean over the row of g²; w -= learning_rate * g / (sqrt(accumulator) +
/// epsilon). The numbers of a vector are rows of one. Rows that a batch did not look up stay. As
/// DLRM's RWSAdagrad and FBGEMM's exact row-wise Adagrad on tables.
class RowwiseAdagrad : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.01;
    double weight_decay = 0.0;
    double initial_accumulator_value = 0.0;
    double epsilon = 1e-10;
    template <class Visitor>
    void fields(Visitor& v) {
      common_fields(v, *this);
      v("initial_accumulator_value", initial_accumulator_value, at_least(0),
        "what the sum of the rows' mean squares starts with");
      v("epsilon", epsilon, at_least(0), "added to the root");
    }
  };
  explicit RowwiseAdagrad(const Options& options)
      : Optimizer(options.learning_rate, options.weight_decay), options_(options) {}

  std::vector<OptimizerState> state() const override;
  bool moves_every_row() const override { return weight_decay() > 0; }
  const Op& op() const override;
  Attributes attributes() const override { return {{"epsilon", options_.epsilon}}; }

 private:
  Options options_;
};

}  // namespace gradus
