#include "framework/train/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "framework/ops/binary_cross_entropy_with_logits.h"
#include "framework/ops/hinge.h"
#include "framework/ops/huber.h"
#include "framework/ops/log_cosh.h"
#include "framework/ops/mean_absolute_error.h"
#include "framework/ops/mean_squared_error.h"
#include "framework/ops/scale.h"
#include "framework/ops/sigmoid.h"

namespace gradus {

/// One of the values of `task.loss`.
struct Task::Loss {
  std::string name;
  std::vector<std::string> metrics;  // by default
  Value (*value)(const Options& options, Value outputs, Value labels, Value weights);
  /// What is predicted from the outputs; null: the outputs.
  Value (*predictions)(Value outputs) = nullptr;
  /// Null: any label is allowed.
  bool (*allows)(float label) = nullptr;
  std::string_view labels = {};  // which are allowed, in words
};

const std::vector<Task::Loss>& Task::losses() {
  constexpr double kHalf = 0.5;
  static const std::vector<Loss> kLosses = {
      {.name = "mean_squared_error",
       .metrics = {"root_mean_squared_error"},
       .value = [](const Options&, Value x, Value t,
                   Value w) { return gradus::mean_squared_error(x, t, w); }},
      {.name = "mean_absolute_error",
       .metrics = {"mean_absolute_error"},
       .value = [](const Options&, Value x, Value t,
                   Value w) { return gradus::mean_absolute_error(x, t, w); }},
      {.name = "huber",
       .metrics = {"root_mean_squared_error"},
       .value = [](const Options& options, Value x, Value t,
                   Value w) { return gradus::huber(x, t, w, options.huber_delta); }},
      {.name = "log_cosh",
       .metrics = {"root_mean_squared_error"},
       .value = [](const Options&, Value x, Value t,
                   Value w) { return gradus::log_cosh(x, t, w); }},
      {.name = "binary_cross_entropy",
       .metrics = {"log_loss", "accuracy"},
       .value = [](const Options&, Value x, Value t,
                   Value w) { return binary_cross_entropy_with_logits(x, t, w); },
       .predictions = [](Value x) { return sigmoid(x); },
       .allows = [](float label) { return label >= 0.0F && label <= 1.0F; },
       .labels = "from 0 to 1"},
      {.name = "hinge",
       .metrics = {"accuracy"},
       .value = [](const Options&, Value x, Value t, Value w) { return gradus::hinge(x, t, w); },
       .predictions = [](Value x) { return scale(x, kHalf, kHalf); },
       .allows = [](float label) { return label == 0.0F || label == 1.0F; },
       .labels = "of 0 and 1"},
  };
  return kLosses;
}

std::vector<std::string> Task::Options::loss_names() {
  std::vector<std::string> names;
  for (const Loss& loss : losses()) names.push_back(loss.name);
  return names;
}

Task::Task(Options options) : options_(std::move(options)) {
  const auto& known = losses();
  const auto found = std::ranges::find(known, options_.loss, &Loss::name);
  if (found == known.end()) {
    fail("task: no loss \"{}\"; the losses: {}", options_.loss,
         fmt::join(Options::loss_names(), ", "));
  }
  loss_ = &*found;
  if (options_.metrics.empty()) options_.metrics = loss_->metrics;
  for (const std::string& metric : options_.metrics) {
    const auto same = std::ranges::count(options_.metrics, metric);
    if (same > 1) fail_config("/task/metrics", "'{}' is named {} times", metric, same);
  }
}

Value Task::loss(Value outputs, Value labels, Value weights) const {
  return loss_->value(options_, outputs, labels, weights);
}

Value Task::predictions(Value outputs) const {
  return loss_->predictions == nullptr ? outputs : loss_->predictions(outputs);
}

Metrics Task::make_metrics() const {
  // As float32, which labels and predictions are: a label of 0.7 is at least 0.7.
  return Metrics(options_.metrics, {.threshold = static_cast<float>(options_.threshold),
                                    .relevant_label = static_cast<float>(options_.relevant_label)});
}

void Task::check_labels(std::span<const float> labels,
                        const std::function<std::string(std::int64_t)>& where) const {
  if (loss_->allows == nullptr) return;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (loss_->allows(labels[row])) continue;
    const auto number = static_cast<std::int64_t>(row);
    fail("{}: label {}, {} takes labels {}",
         where ? where(number) : fmt::format("task: row {}", row), labels[row], loss_->name,
         loss_->labels);
  }
}

const Catalogue<std::unique_ptr<Task>()>& tasks() {
  static const Catalogue<std::unique_ptr<Task>()> kKinds{
      kind<std::unique_ptr<Task>(), Task>("ranking", "a number for each row: a rating or a click"),
  };
  return kKinds;
}

}  // namespace gradus
