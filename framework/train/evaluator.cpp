#include "framework/train/evaluator.h"

#include <algorithm>

#include "framework/graph/constants.h"

namespace gradus {

Evaluator::Evaluator(const Model& model, const Task& task, const std::vector<InputColumn>& columns,
                     bool weighted, std::int64_t expected_batch)
    : task_(task), columns_(columns), graph_(expected_batch) {
  trace_ = trace(graph_, model, task, columns, weighted);
  std::vector<Value> outputs{trace_.predictions, trace_.loss, trace_.total_loss};
  if (trace_.regularization_loss) outputs.push_back(trace_.regularization_loss);
  constants_ = constants(outputs);
  constants_executor_ = std::make_unique<Executor>(graph_, constants_);
  executor_ = std::make_unique<Executor>(graph_, outputs, std::vector<Value>{}, constants_);
}

Evaluation Evaluator::run(const Encoded& data, std::span<const std::int32_t> rows,
                          std::int64_t batch_size, const std::function<void()>& between) {
  if (rows.empty()) fail("evaluation: there are no rows");
  Evaluation evaluation;
  Metrics metrics = task_.make_metrics();
  metrics.reserve(rows.size());
  const auto all = static_cast<std::int64_t>(rows.size());
  evaluation.predictions.reserve(rows.size());
  constants_executor_->run(0);
  for (const Value& value : constants_) executor_->set(value, constants_executor_->output(value));
  Batch batch(data, columns_, std::min(batch_size, all));
  for (std::int64_t first = 0; first < all; first += batch_size) {
    const auto count = static_cast<std::size_t>(std::min(batch_size, all - first));
    batch.fill(rows.subspan(static_cast<std::size_t>(first), count));
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      executor_->set(trace_.columns[k].value, batch.column(k));
    }
    executor_->set(trace_.labels, batch.labels());
    if (trace_.weights) executor_->set(trace_.weights, batch.weights());
    executor_->run(batch.rows());

    const float* predictions = executor_->output(trace_.predictions).floats();
    evaluation.predictions.insert(evaluation.predictions.end(), predictions, predictions + count);
    metrics.update(batch.metric_rows({predictions, count}));
    const auto scalar = [&](Value v) {
      return v ? static_cast<double>(*executor_->output(v).floats()) : 0.0;
    };
    const double share = static_cast<double>(count) / static_cast<double>(all);
    evaluation.last_batch_loss = scalar(trace_.loss);
    evaluation.losses.loss += share * evaluation.last_batch_loss;
    evaluation.losses.regularization_loss += share * scalar(trace_.regularization_loss);
    evaluation.losses.total_loss += share * scalar(trace_.total_loss);
    if (between) between();
  }
  evaluation.metrics = metrics.results();
  return evaluation;
}

}  // namespace gradus
