#include "framework/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gradus {
namespace {

/// What an epoch's last update does to the parameters is seen by no loss of that epoch.
void check_finite(const Model& model, std::int64_t epoch, std::int64_t step) {
  for (const auto& [path, parameter] : model.parameters()) {
    const auto values = parameter->value.floats();
    if (!std::ranges::all_of(values, [](float x) { return std::isfinite(x); })) {
      fail("training: parameter '{}' has a value that is not finite after epoch {}, step {}", path,
           epoch, step);
    }
  }
}

}  // namespace

Trainer::Trainer(const Model& model, const Task& task, ParameterGroups groups, const Encoded& data,
                 std::int64_t expected_batch, std::uint64_t seed, kernels::MathMode math_mode)
    : model_(model),
      data_(data),
      columns_(input_columns(data)),
      step_(model, task, std::move(groups), columns_, !data.weights().empty(), expected_batch, seed,
            math_mode),
      metrics_(task.make_metrics()) {
  task.check_labels(data.labels());
}

void Trainer::set_profile(Profile* profile) {
  profile_ = profile;
  step_.executor().set_profile(profile);
}

TrainingPosition Trainer::position() const {
  TrainingPosition out = position_;
  out.metrics = metrics_.sums();
  if (out.batch > 0) out.seconds = seconds();
  return out;
}

void Trainer::set_position(TrainingPosition position, KeptRows rows) {
  if (position.metrics.empty()) {
    metrics_.reset();
  } else {
    const auto examples = static_cast<std::size_t>(position.examples);
    if (metrics_.keeps_rows() && rows.labels.size() != examples) {
      fail("training: {} rows kept for metrics, {} examples of the epoch are done",
           rows.labels.size(), examples);
    }
    metrics_.restore(std::move(position.metrics), std::move(rows));
  }
  position_ = std::move(position);
  position_.metrics.clear();
  epoch_start_ = std::chrono::steady_clock::now();
}

double Trainer::seconds() const {
  const auto now = std::chrono::steady_clock::now();
  return position_.seconds + std::chrono::duration<double>(now - epoch_start_).count();
}

void Trainer::run(Batches& batches, std::int64_t epochs, const Callbacks& callbacks) {
  const auto rows = static_cast<std::int64_t>(batches.rows().size());
  Batch batch(data_, columns_, std::min(batches.batch_size(), rows));
  metrics_.reserve(batches.rows().size());
  while (position_.epoch <= epochs) {
    epoch_start_ = std::chrono::steady_clock::now();
    if (!run_steps(batches, batch, callbacks)) return;
    const EpochReport report = end_epoch();
    if (callbacks.on_epoch) {
      const Profile::Span part(profile_, "report");
      callbacks.on_epoch(report);
    }
    set_position({.epoch = position_.epoch + 1, .step = position_.step});
    if (callbacks.go_on && !callbacks.go_on()) return;
  }
}

/// The steps that are left of the epoch. Whether none was the last.
bool Trainer::run_steps(Batches& batches, Batch& batch, const Callbacks& callbacks) {
  {
    const Profile::Span part(profile_, "begin epoch");
    batches.start_epoch(position_.epoch);
  }
  while (position_.batch < batches.size()) {
    const Profile::Span step(profile_, "step", Profile::Kind::step);
    {
      const Profile::Span part(profile_, "fill batch");
      batch.fill(batches[position_.batch]);
    }
    const Losses losses = run_step(batch);
    if (callbacks.on_step) {
      const Profile::Span part(profile_, "report");
      callbacks.on_step({.epoch = position_.epoch,
                         .step = position_.step,
                         .examples = batch.rows(),
                         .done = position_.examples,
                         .losses = losses,
                         .learning_rate = step_.learning_rate(),
                         .metrics = metrics_.running_results()});
    }
    if (callbacks.go_on && !callbacks.go_on()) return false;
  }
  return true;
}

Losses Trainer::run_step(Batch& batch) {
  const std::int64_t number = position_.step + 1;
  const Losses losses = step_.compute(batch, number);
  if (!std::isfinite(losses.total_loss)) {
    fail(
        "training: the loss is {} in epoch {}, step {}; the first value that is not finite is "
        "of {}",
        losses.total_loss, position_.epoch, number, step_.first_not_finite());
  }
  {
    const Profile::Span part(profile_, "metrics");
    metrics_.update(batch.metric_rows(step_.predictions()));
  }
  step_.update(number, learning_rate_factor_);
  if (average_ != nullptr) {
    const Profile::Span part(profile_, "average");
    average_->update(number);
  }

  const auto rows = static_cast<double>(batch.rows());
  position_.step = number;
  ++position_.batch;
  position_.examples += batch.rows();
  position_.sums.loss += rows * losses.loss;
  position_.sums.regularization_loss += rows * losses.regularization_loss;
  position_.sums.total_loss += rows * losses.total_loss;
  position_.last_batch_loss = losses.loss;
  return losses;
}

EpochReport Trainer::end_epoch() {
  const Profile::Span part(profile_, "end epoch");
  check_finite(model_, position_.epoch, position_.step);
  const auto examples = static_cast<double>(position_.examples);
  const Losses& sums = position_.sums;
  return {.epoch = position_.epoch,
          .step = position_.step,
          .examples = position_.examples,
          .losses = {sums.loss / examples, sums.regularization_loss / examples,
                     sums.total_loss / examples},
          .last_batch_loss = position_.last_batch_loss,
          .metrics = metrics_.results(),
          .seconds = seconds()};
}

}  // namespace gradus
