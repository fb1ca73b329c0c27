#include "framework/train/training_step.h"

#include <utility>

#include "framework/graph/plain_executor.h"
#include "framework/kernels/rows.h"

namespace gradus {
namespace {

double scalar(const Executor& executor, Value value) {
  return static_cast<double>(*executor.output(value).floats());
}

Tensor copy(const View& view) {
  const auto count = static_cast<std::size_t>(view.elements());
  if (view.type == DataType::int32) {
    return {view.extents, std::span<const std::int32_t>(view.ids(), count)};
  }
  return {view.extents, std::span<const float>(view.floats(), count)};
}

}  // namespace

TrainingStep::TrainingStep(const Model& model, const Task& task, ParameterGroups groups,
                           const std::vector<InputColumn>& columns, bool weighted,
                           std::int64_t expected_batch, std::uint64_t seed,
                           kernels::MathMode math_mode)
    : groups_(std::move(groups)),
      graph_(expected_batch, math_mode),
      step_value_(Extents{}),
      random_key_({3}, DataType::int32) {
  trace_ = trace(graph_, model, task, columns, weighted, true);
  std::vector<std::string> paths;
  for (const auto& [path, parameter] : model.trained_parameters()) {
    parameters_.push_back(graph_.parameter(path, parameter->value));
    paths.push_back(path);
  }
  gradients_ = differentiate(trace_.total_loss, parameters_);
  step_ = graph_.input("step", {});
  const std::vector<std::size_t> group_of = groups_.of(paths);
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const std::vector<Value> own = group_updates(group, group_of);
    updates_.insert(updates_.end(), own.begin(), own.end());
  }
  std::vector<Value> updates = graph_.updates_each_step();
  updates.insert(updates.end(), updates_.begin(), updates_.end());
  std::vector<Value> outputs{trace_.predictions, trace_.loss, trace_.total_loss};
  if (trace_.regularization_loss) outputs.push_back(trace_.regularization_loss);
  executor_ = std::make_unique<Executor>(graph_, outputs, updates);
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    executor_->set(learning_rates_[group], learning_rate_values_[group].view());
  }
  executor_->set(step_, step_value_.view());
  executor_->set(trace_.random_key, random_key_.view());
  random_key_.ids()[0] = static_cast<std::int32_t>(seed);
  random_key_.ids()[1] = static_cast<std::int32_t>(seed >> 32);
}

std::vector<Value> TrainingStep::group_updates(std::size_t group,
                                               const std::vector<std::size_t>& group_of) {
  learning_rates_.push_back(graph_.input("learning_rate", {}));
  learning_rate_values_.emplace_back(Extents{});
  std::vector<Value> parameters;
  Gradients gradients;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    if (group_of[p] != group) continue;
    parameters.push_back(parameters_[p]);
    gradients.push_back(gradients_[p]);
  }
  const ParameterGroup& how = groups_[group];
  return update_nodes(*how.optimizer, learning_rates_.back(), step_, parameters,
                      clip(how.clipping, parameters, std::move(gradients)), states_);
}

Losses TrainingStep::compute(const Batch& batch, std::int64_t step) {
  batch_ = &batch;
  random_key_.ids()[2] = static_cast<std::int32_t>(step);
  for (std::size_t k = 0; k < trace_.columns.size(); ++k) {
    executor_->set(trace_.columns[k].value, batch.column(k));
  }
  executor_->set(trace_.labels, batch.labels());
  if (trace_.weights) executor_->set(trace_.weights, batch.weights());
  executor_->run(batch.rows());
  return {.loss = scalar(*executor_, trace_.loss),
          .regularization_loss =
              trace_.regularization_loss ? scalar(*executor_, trace_.regularization_loss) : 0.0,
          .total_loss = scalar(*executor_, trace_.total_loss)};
}

void TrainingStep::update(std::int64_t step, double factor) {
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    learning_rate_ = factor * groups_[group].learning_rate(step);
    learning_rate_values_[group].fill(static_cast<float>(learning_rate_));
  }
  step_value_.fill(static_cast<float>(step));
  executor_->commit();
}

std::span<const float> TrainingStep::predictions() const {
  const View view = executor_->output(trace_.predictions);
  return {view.floats(), static_cast<std::size_t>(view.elements())};
}

Tensor TrainingStep::gradient(Value update) const {
  const Gradient gradient = gradient_of(update);
  if (gradient.dense) return copy(executor_->output(gradient.dense));
  std::vector<View> ids;
  std::vector<View> rows;
  std::int64_t lookups = 0;
  for (const RowGradient& some : gradient.rows) {
    ids.push_back(executor_->output(some.ids));
    rows.push_back(executor_->output(some.rows));
    lookups += ids.back().elements();
  }
  const Extents table = graph_.tensor(update.input(0).index())->extents();
  kernels::RowSegments segments(lookups, table[0]);
  segments.sort(ids);
  Tensor out({segments.count(), table[1]});
  for (std::int64_t i = 0; i < segments.count(); ++i) {
    kernels::sum_segment(segments, i, rows, table[1], out.floats().data() + i * table[1]);
  }
  return out;
}

std::string TrainingStep::first_not_finite() {
  if (batch_ == nullptr) fail("training: no step was computed");
  PlainExecutor plain(graph_);
  for (std::size_t k = 0; k < trace_.columns.size(); ++k) {
    plain.set(trace_.columns[k].value, copy(batch_->column(k)));
  }
  plain.set(trace_.labels, copy(batch_->labels()));
  plain.set(trace_.random_key, random_key_);
  if (trace_.weights) plain.set(trace_.weights, copy(batch_->weights()));
  plain.run({trace_.total_loss}, batch_->rows());
  const std::optional<Value> first = plain.first_not_finite();
  if (!first) return "a sum in another order";
  const Node& node = first->node();
  if (node.op == &kInput || node.op == &kParameter) {
    return fmt::format("{} '{}'", node.op->name, node.scope);
  }
  return node.scope.empty() ? std::string(node.op->name)
                            : fmt::format("{} ({})", node.op->name, node.scope);
}

}  // namespace gradus
