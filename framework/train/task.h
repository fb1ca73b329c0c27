#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/core/component.h"
#include "framework/graph/graph.h"
#include "framework/train/metrics.h"

namespace gradus {

/// What a model learns to say of a row, and how that is measured: a rating (`mean_squared_error`),
/// or whether it is clicked (`binary_cross_entropy`, from logits; predictions are then
/// probabilities). As TFRS' Ranking task.
class Task {
 public:
  struct Options {
    std::string label = {};
    std::string loss = "mean_squared_error";
    std::vector<std::string> metrics = {};
    template <class Visitor>
    void fields(Visitor& v) {
      v("label", label, anything(), "the column to learn; by default the only label column");
      v("loss", loss, one_of({"mean_squared_error", "binary_cross_entropy"}),
        "what training makes small, averaged over the batch");
      v("metrics", metrics, each(one_of(metric_names())),
        "what is reported beside the loss; by default root_mean_squared_error, or log_loss and "
        "accuracy for binary_cross_entropy");
    }
    static std::vector<std::string> metric_names();
  };
  explicit Task(Options options);

  const std::string& label() const { return options_.label; }

  /// [batch, 1] outputs of a model, labels and weights (none: all 1) -> the mean loss, a scalar.
  Value loss(Value outputs, Value labels, Value weights) const;
  /// [batch, 1] outputs of a model -> what the program predicts.
  Value predictions(Value outputs) const;
  /// Fresh metrics, each with its name.
  struct NamedMetric {
    std::string name;
    std::unique_ptr<Metric> metric;
  };
  std::vector<NamedMetric> make_metrics() const;
  /// Throws Error for a label that the loss does not allow: clicks are 0 to 1. Names the row, as
  /// `where` has it: "clicks.csv:3".
  void check_labels(std::span<const float> labels,
                    const std::function<std::string(std::int64_t)>& where = {}) const;

 private:
  bool clicks() const { return options_.loss == "binary_cross_entropy"; }

  Options options_;
};

/// The values of `task.kind`.
const Catalogue<std::unique_ptr<Task>()>& tasks();

}  // namespace gradus
