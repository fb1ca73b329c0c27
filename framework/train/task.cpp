#include "framework/train/task.h"

#include <fmt/format.h>

#include <utility>

#include "framework/ops/binary_cross_entropy_with_logits.h"
#include "framework/ops/mean_squared_error.h"
#include "framework/ops/sigmoid.h"

namespace gradus {

std::vector<std::string> Task::Options::metric_names() {
  std::vector<std::string> names;
  for (const auto& kind : gradus::metrics()) names.push_back(kind.name);
  return names;
}

Task::Task(Options options) : options_(std::move(options)) {
  if (!options_.metrics.empty()) return;
  options_.metrics = clicks() ? std::vector<std::string>{"log_loss", "accuracy"}
                              : std::vector<std::string>{"root_mean_squared_error"};
}

Value Task::loss(Value outputs, Value labels, Value weights) const {
  return clicks() ? binary_cross_entropy_with_logits(outputs, labels, weights)
                  : mean_squared_error(outputs, labels, weights);
}

Value Task::predictions(Value outputs) const { return clicks() ? sigmoid(outputs) : outputs; }

std::vector<Task::NamedMetric> Task::make_metrics() const {
  std::vector<NamedMetric> made;
  for (const std::string& name : options_.metrics) made.push_back({name, make_metric(name)});
  return made;
}

void Task::check_labels(std::span<const float> labels,
                        const std::function<std::string(std::int64_t)>& where) const {
  if (!clicks()) return;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (!(labels[row] >= 0.0F && labels[row] <= 1.0F)) {
      const auto number = static_cast<std::int64_t>(row);
      fail("{}: label {}, binary_cross_entropy takes labels from 0 to 1",
           where ? where(number) : fmt::format("task: row {}", row), labels[row]);
    }
  }
}

const Catalogue<std::unique_ptr<Task>()>& tasks() {
  static const Catalogue<std::unique_ptr<Task>()> kKinds{
      kind<std::unique_ptr<Task>(), Task>("ranking", "a number for each row: a rating or a click"),
  };
  return kKinds;
}

}  // namespace gradus
