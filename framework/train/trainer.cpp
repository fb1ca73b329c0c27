#include "framework/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace gradus {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What an epoch's last update does to the parameters is seen by no loss of that epoch.
void check_finite(const Model& model, std::int64_t epoch, std::int64_t step) {
  for (const auto& [path, parameter] : model.parameters()) {
    const auto values = parameter->value.floats();
    if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); })) {
      fail("training: parameter '{}' has a value that is not finite after epoch {}, step {}", path,
           epoch, step);
    }
  }
}

}  // namespace

Trainer::Trainer(const Model& model, const Task& task, const Optimizer& optimizer,
                 const Encoded& data, std::int64_t expected_batch)
    : model_(model),
      task_(task),
      optimizer_(optimizer),
      data_(data),
      columns_(input_columns(data)),
      step_(model, task, optimizer, columns_, !data.weights().empty(), expected_batch) {
  task.check_labels(data.labels());
}

void Trainer::set_profile(Profile* profile) {
  profile_ = profile;
  step_.executor().set_profile(profile);
}

void Trainer::run(Batches& batches, std::int64_t epochs, const Callbacks& callbacks) {
  const auto rows = static_cast<std::int64_t>(batches.rows().size());
  Batch batch(data_, columns_, std::min(batches.batch_size(), rows));
  for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
    const EpochReport report = run_epoch(batches, epoch, batch, callbacks);
    if (!callbacks.on_epoch) continue;
    const Profile::Span part(profile_, "report");
    callbacks.on_epoch(report);
  }
}

EpochReport Trainer::run_epoch(Batches& batches, std::int64_t epoch, Batch& batch,
                               const Callbacks& callbacks) {
  const auto start = std::chrono::steady_clock::now();
  const auto metrics = task_.make_metrics();
  EpochReport report{.epoch = epoch};
  Losses sums;
  {
    const Profile::Span part(profile_, "begin epoch");
    batches.start_epoch(epoch);
  }
  for (std::int64_t b = 0; b < batches.size(); ++b) {
    const Profile::Span step(profile_, "step", Profile::Kind::step);
    {
      const Profile::Span part(profile_, "fill batch");
      batch.fill(batches[b]);
    }
    const Losses losses = step_.compute(batch);
    ++steps_;
    if (!std::isfinite(losses.total_loss)) {
      fail(
          "training: the loss is {} in epoch {}, step {}; the first value that is not finite is "
          "of {}",
          losses.total_loss, epoch, steps_, step_.first_not_finite());
    }
    for (const auto& [name, metric] : metrics) {
      const Profile::Span part(profile_, "metrics");
      metric->update(step_.predictions(), batch.label_values(), batch.weight_values());
    }
    step_.update(optimizer_.learning_rate(), steps_);

    const auto rows = static_cast<double>(batch.rows());
    sums.loss += rows * losses.loss;
    sums.regularization_loss += rows * losses.regularization_loss;
    sums.total_loss += rows * losses.total_loss;
    report.examples += batch.rows();
    report.last_batch_loss = losses.loss;
    if (callbacks.on_step) {
      const Profile::Span part(profile_, "report");
      callbacks.on_step({.epoch = epoch,
                         .step = steps_,
                         .examples = batch.rows(),
                         .done = report.examples,
                         .losses = losses,
                         .metrics = results(metrics)});
    }
  }
  const Profile::Span part(profile_, "end epoch");
  check_finite(model_, epoch, steps_);
  const auto examples = static_cast<double>(report.examples);
  report.step = steps_;
  report.losses = {sums.loss / examples, sums.regularization_loss / examples,
                   sums.total_loss / examples};
  report.metrics = results(metrics);
  report.seconds = seconds_since(start);
  return report;
}

}  // namespace gradus
