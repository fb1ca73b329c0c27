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

Evaluation Evaluator::run(const Encoded& data, const Batches& batches,
                          const std::function<void()>& between) {
  Evaluation evaluation;
  Metrics metrics = task_.make_metrics();
  const std::size_t all = batches.rows().size();
  metrics.reserve(all);
  evaluation.predictions.reserve(all);
  constants_executor_->run(0);
  for (const Value& value : constants_) executor_->set(value, constants_executor_->output(value));
  Batch batch(data, columns_, std::min(batches.batch_size(), static_cast<std::int64_t>(all)));
  for (std::int64_t k = 0; k < batches.size(); ++k) {
    const std::size_t count = batches[k].size();
    batch.fill(batches[k]);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      executor_->set(trace_.columns[c].value, batch.column(c));
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
