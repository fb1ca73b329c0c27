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

/// What a model learns to say of a row, and how that is measured; as TFRS' Ranking task. The loss
/// says what the model's outputs are, and what the program predicts from them:
/// `mean_squared_error`, `mean_absolute_error`, `huber` and `log_cosh`: the label, as it is;
/// `binary_cross_entropy`: logits of clicks, predictions are probabilities, sigmoid(output);
/// `hinge`: margins, -1 for a label of 0 and 1 for one of 1, predictions are (output + 1) / 2, in
/// the labels' terms: above 0.5 is a click, but they are no probabilities and may be beyond 0 to 1.
class Task {
 public:
  struct Options {
    std::string label = {};
    std::string loss = "mean_squared_error";
    double huber_delta = 1;
    std::vector<std::string> metrics = {};
    std::string group = {};
    double relevant_label = 1;
    double threshold = 0.5;
    template <class Visitor>
    void fields(Visitor& v) {
      v("label", label, anything(), "the column to learn; by default the only label column");
      v("loss", loss, one_of(loss_names()),
        "what training makes small, averaged over the batch; labels of binary_cross_entropy are "
        "from 0 to 1, those of hinge 0 or 1");
      v("huber_delta", huber_delta, above(0),
        "huber: from which difference on it grows in a line, not as the square");
      v("metrics", metrics, each(one_of(metric_names())),
        "what is reported beside the loss, k being a number as in ndcg@10; by default log_loss and "
        "accuracy for "
        "binary_cross_entropy, accuracy for hinge, mean_absolute_error for that loss, "
        "root_mean_squared_error for the others");
      v("group", group, anything(),
        "whose rows grouped_auc, ndcg and other metrics of an order compare with each other: a "
        "column of ids; by default the user column");
      v("relevant_label", relevant_label, anything(),
        "labels of this and above are positive, or relevant, to metrics that ask for that");
      v("threshold", threshold, anything(),
        "predictions above it are positive to accuracy, precision and recall");
    }
    /// All that `loss` can be.
    static std::vector<std::string> loss_names();
  };
  /// Throws Error for a loss that there is not and for a metric that is named twice.
  explicit Task(Options options);

  /// The column to learn; "": the only label column.
  const std::string& label() const { return options_.label; }
  /// The column of the groups, "" for the user column; metrics say whether it is needed.
  const std::string& group() const { return options_.group; }

  /// [batch, 1] outputs of a model, labels and weights (none: all 1) -> the mean loss, a scalar.
  Value loss(Value outputs, Value labels, Value weights) const;
  /// [batch, 1] outputs of a model -> what the program predicts.
  Value predictions(Value outputs) const;
  /// Fresh metrics.
  Metrics make_metrics() const;
  /// Throws Error for a label that the loss does not allow. Names the row, as
  /// `where` has it: "clicks.csv:3".
  void check_labels(std::span<const float> labels,
                    const std::function<std::string(std::int64_t)>& where = {}) const;

 private:
  struct Loss;
  static const std::vector<Loss>& losses();

  Options options_;
  const Loss* loss_ = nullptr;
};

/// The values of `task.kind`.
const Catalogue<std::unique_ptr<Task>()>& tasks();

}  // namespace gradus
