#include "framework/experiment/training_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/experiment/chrome_trace.h"
#include "framework/experiment/fingerprint.h"
#include "framework/experiment/human.h"
#include "framework/experiment/interrupt.h"
#include "framework/experiment/run_folder.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

constexpr double kSecondsInAMinute = 60;
// Of the epoch so far, where a metric needs all rows at once, in a checkpoint.
constexpr const char* kPredictions = "metric/predictions";

void add(Json& line, const std::string& prefix, const Losses& losses) {
  line[prefix + "loss"] = losses.loss;
  line[prefix + "regularization_loss"] = losses.regularization_loss;
  line[prefix + "total_loss"] = losses.total_loss;
}

void add(Json& line, const std::string& prefix, const Figures& figures) {
  for (const auto& [name, value] : figures) line[prefix + name] = value;
}

/// What the progress shows: the loss that is made small, and the metrics.
Figures shown(const Losses& losses, const Figures& metrics) {
  Figures out = {{losses.regularization_loss == 0 ? "loss" : "total_loss", losses.total_loss}};
  out.insert(out.end(), metrics.begin(), metrics.end());
  return out;
}

bool higher_is_better(const Prepared& prepared, const std::string& watched) {
  const Metrics metrics = prepared.model.task->make_metrics();
  return std::ranges::any_of(metrics.list(), [&watched](const Metrics::Entry& entry) {
    return entry.name == watched && entry.metric->better == Metric::Better::higher;
  });
}

EarlyStopping::Options stopping_options(const Prepared& prepared) {
  const EarlyStoppingConfig& config = prepared.model.config.training.early_stopping;
  return {.patience = config.patience,
          .minimum_improvement = config.minimum_improvement,
          .higher_is_better = higher_is_better(prepared, config.metric)};
}

Plateau::Options plateau_options(const Prepared& prepared) {
  const PlateauConfig& config = prepared.model.config.training.reduce_on_plateau;
  return {.patience = config.patience,
          .factor = config.factor,
          .minimum_improvement = config.minimum_improvement,
          .cooldown = config.cooldown,
          .minimum_factor = config.minimum_factor,
          .higher_is_better = higher_is_better(prepared, config.metric)};
}

double watched(const std::string& name, const Evaluation& evaluation) {
  if (name == "loss") return evaluation.losses.loss;
  if (name == "total_loss") return evaluation.losses.total_loss;
  const double value =
      std::ranges::find(evaluation.metrics, name, &Figures::value_type::first)->second;
  if (!std::isnan(value)) return value;
  fail_config("/training/early_stopping/metric",
              "the validation rows define no {}: all have the same label, or the same prediction",
              name);
}

/// The rows of the epoch so far, for which that was predicted.
KeptRows kept_rows(Batches& batches, const TrainingPosition& at, const Encoded& data,
                   std::span<const float> predictions) {
  std::vector<std::int32_t> rows;
  rows.reserve(predictions.size());
  batches.start_epoch(at.epoch);
  for (std::int64_t batch = 0; batch < at.batch; ++batch) {
    const auto some = batches[batch];
    rows.insert(rows.end(), some.begin(), some.end());
  }
  KeptRows out{.predictions = {predictions.begin(), predictions.end()},
               .labels = std::vector<float>(rows.size())};
  data.copy_labels(rows, out.labels);
  if (!data.weights().empty()) {
    out.weights.resize(rows.size());
    data.copy_weights(rows, out.weights);
  }
  if (!data.groups().empty()) {
    out.groups.resize(rows.size());
    data.copy_groups(rows, out.groups);
  }
  return out;
}

}  // namespace

TrainingSession::TrainingSession(const Prepared& prepared, fs::path run, Progress& progress,
                                 std::optional<Checkpoint> from)
    : prepared_(prepared),
      config_(prepared.model.config),
      run_(std::move(run)),
      progress_(progress),
      batches_(prepared.split.train, config_.data.batch_size, shuffle(config_.data.shuffle),
               static_cast<std::uint64_t>(config_.seed), prepared_.data.user()),
      stopping_(stopping_options(prepared), from ? from->best : EarlyStopping::State{}),
      plateau_(plateau_options(prepared), from ? from->plateau : Plateau::State{}) {
  trainer_.emplace(
      *prepared.model.model, *prepared.model.task, make_groups(config_.optimizer), prepared.data,
      std::min<std::int64_t>(config_.data.batch_size, std::ssize(prepared.split.train)),
      static_cast<std::uint64_t>(config_.seed), kernels::math_mode(config_.training.math_mode));
  states_ = trainer_->step().states();
  trainer_->set_learning_rate_factor(plateau_.state().factor);
  if (config_.training.averaging.kind.name() != "none") {
    average_.emplace(*prepared.model.model, config_.training.averaging.kind.component().make());
    trainer_->set_average(&*average_);
  }
  if (!prepared.split.validation.empty()) {
    validation_.emplace(*prepared.model.model, *prepared.model.task, input_columns(prepared.data),
                        !prepared.data.weights().empty(),
                        std::min<std::int64_t>(config_.data.evaluation_batch_size,
                                               std::ssize(prepared.split.validation)));
    validation_batches_.emplace(prepared.split.validation, config_.data.evaluation_batch_size,
                                Shuffle::none, 0, prepared.data.user());
    if (config_.training.early_stopping.patience > 0) {
      for (const auto& [path, parameter] : prepared.model.model->parameters()) {
        best_.push_back(parameter->value.clone());
      }
    }
  }
  if (from) restore(*from);
}

TrainingSession::~TrainingSession() = default;

void TrainingSession::restore(const Checkpoint& from) {
  if (data() != from.data) {
    fail("{}: the data are not those that its training began with: then {}, now {}", run_.string(),
         from.data, data());
  }
  const NamedTensors present = tensors();
  NamedExtents expected;
  for (const auto& [name, tensor] : present) expected.emplace(name, tensor.extents());
  const bool keeps_rows =
      from.position.examples > 0 && prepared_.model.task->make_metrics().keeps_rows();
  if (keeps_rows) expected.emplace(kPredictions, Extents{from.position.examples});
  check_tensors(from.tensors, expected, (run_ / kCheckpoints).string());
  for (const auto& [name, tensor] : present) {
    std::ranges::copy(from.tensors.find(name)->second.floats(), tensor.floats().begin());
  }
  trainer_->set_position(from.position,
                         keeps_rows ? kept_rows(batches_, from.position, prepared_.data,
                                                from.tensors.find(kPredictions)->second.floats())
                                    : KeptRows{});
  kept_ = from.logs;
  epochs_ = from.epochs > 0 ? from.epochs : config_.training.epochs;
  seconds_before_ = from.seconds;
  shown_from_ = from.position.examples;
  saved_step_ = from.position.step;
  saved_batch_ = from.position.batch;
}

const std::string& TrainingSession::data() {
  if (data_.empty()) {
    data_ = fingerprint(prepared_.model.vocabularies, prepared_.data, prepared_.split);
  }
  return data_;
}

NamedTensors TrainingSession::tensors() const {
  NamedTensors out;
  std::size_t k = 0;
  for (const auto& [path, parameter] : prepared_.model.model->parameters()) {
    Tensor present = parameter->value;
    if (!best_.empty()) {
      Tensor best = best_[k];
      if (chosen_) std::swap(present, best);
      out.emplace("best/" + path, best);
    }
    if (average_) {
      Tensor average = average_->values()[k];
      if (averaged_) std::swap(present, average);
      out.emplace("average/" + path, average);
    }
    out.emplace("parameter/" + path, present);
    ++k;
  }
  for (const auto& [name, state] : states_) out.emplace("state/" + name, state);
  const std::span<const float> predicted =
      trainer_ ? trainer_->metric_rows().predictions : std::span<const float>();
  if (!predicted.empty()) {
    out.emplace(kPredictions, Tensor({static_cast<std::int64_t>(predicted.size())}, predicted));
  }
  return out;
}

void TrainingSession::save() {
  const TrainingPosition at = trainer_ ? trainer_->position() : position_;
  if (at.step == saved_step_ && at.batch == saved_batch_) return;
  const Stopwatch watch;
  logs_->sync();
  save_checkpoint(run_,
                  {.position = at,
                   .best = stopping_.state(),
                   .plateau = plateau_.state(),
                   .logs = logs_->bytes(),
                   .epochs = config_.training.epochs,
                   .seconds = seconds_before_ + watch_.seconds(),
                   .data = data(),
                   .tensors = tensors()},
                  config_.training.checkpoint.keep);
  saved_step_ = at.step;
  saved_batch_ = at.batch;
  since_saved_ = {};
  checkpoint_seconds_ += watch.seconds();
}

bool TrainingSession::checkpoint_is_due(const TrainingPosition& at) const {
  if (at.batch == batches_.size()) return false;  // the end of the epoch comes first
  const CheckpointConfig& every = config_.training.checkpoint;
  if (every.every_epochs > 0 && at.batch == 0 && (at.epoch - 1) % every.every_epochs == 0) {
    return true;
  }
  if (every.every_steps > 0 && at.step % every.every_steps == 0) return true;
  return every.every_minutes > 0 &&
         since_saved_.seconds() >= every.every_minutes * kSecondsInAMinute;
}

bool TrainingSession::keeps_last() const {
  const CheckpointConfig& every = config_.training.checkpoint;
  return every.every_epochs > 0 || every.every_steps > 0 || has_checkpoint(run_);
}

bool TrainingSession::go_on() {
  check_interrupted();
  if (checkpoint_is_due(trainer_->position())) save();
  return !stopping_.stopped();
}

void TrainingSession::begin_stage(std::int64_t epoch, std::int64_t done) {
  const std::int64_t epochs = config_.training.epochs;
  if (epoch > epochs) return;
  shown_from_ = done;
  progress_.begin(fmt::format("epoch {}/{}", epoch, epochs),
                  static_cast<std::int64_t>(prepared_.split.train.size()) - done);
}

void TrainingSession::on_step(const StepReport& step) {
  Json line = Json::object({{"epoch", step.epoch}, {"step", step.step}});
  add(line, "", step.losses);
  line["learning_rate"] = step.learning_rate;
  line["examples"] = step.examples;
  logs_->step(line);
  progress_.update(step.done - shown_from_, shown(step.losses, step.metrics));
}

void TrainingSession::on_epoch(const EpochReport& epoch) {
  Json line = Json::object({{"epoch", epoch.epoch}, {"step", epoch.step}});
  add(line, "", epoch.losses);
  line["last_batch_loss"] = epoch.last_batch_loss;
  add(line, "", epoch.metrics);
  const Figures validation = validate(epoch, line);
  line["examples"] = epoch.examples;
  line["seconds"] = epoch.seconds;
  logs_->epoch(line);
  if (logs_->has_events()) log_histograms(epoch.epoch);
  Figures all = shown(epoch.losses, epoch.metrics);
  all.insert(all.end(), validation.begin(), validation.end());
  progress_.end(all);
  if (!stopping_.stopped()) begin_stage(epoch.epoch + 1, 0);
}

void TrainingSession::open_logs() {
  logs_.emplace(run_, config_.training.logs, kept_);
  // Of a config only the epochs change: a training goes on with more of them.
  if (logs_->has_events() && epochs_ != config_.training.epochs) {
    logs_->config(trainer_->position().step, write_config(config_));
  }
}

/// Of all parameters, and of the gradients that the epoch's last step moved them by.
void TrainingSession::log_histograms(std::int64_t epoch) {
  for (const auto& [path, parameter] : prepared_.model.model->parameters()) {
    logs_->histogram(epoch, "weights/" + path, histogram(parameter->value.floats()));
  }
  for (const Value& update : trainer_->step().updates()) {
    logs_->histogram(epoch, "gradients/" + update.input(0).node().scope,
                     histogram(trainer_->step().gradient(update).floats()));
  }
}

/// While it lives, the model has the averages of its parameters, where there are any.
class TrainingSession::Averaged {
 public:
  explicit Averaged(std::optional<WeightAverage>& average) : average_(average) { swap(); }
  ~Averaged() { swap(); }
  Averaged(const Averaged&) = delete;
  Averaged& operator=(const Averaged&) = delete;

 private:
  void swap() {
    if (average_) average_->swap();
  }

  std::optional<WeightAverage>& average_;
};

/// Adds the validation rows' figures to the line. Their metrics, for the progress.
Figures TrainingSession::validate(const EpochReport& epoch, Json& line) {
  if (!validation_) return {};
  const Averaged averaged(average_);
  const Evaluation evaluation =
      validation_->run(prepared_.data, *validation_batches_, check_interrupted);
  add(line, "validation_", evaluation.losses);
  add(line, "validation_", evaluation.metrics);
  observe(epoch, evaluation);
  Figures out;
  for (const auto& [name, figure] : evaluation.metrics)
    out.emplace_back("validation_" + name, figure);
  return out;
}

/// What early stopping and the learning rate learn from the validation rows.
void TrainingSession::observe(const EpochReport& epoch, const Evaluation& evaluation) {
  plateau_.observe(watched(config_.training.reduce_on_plateau.metric, evaluation));
  trainer_->set_learning_rate_factor(plateau_.state().factor);
  const double value = watched(config_.training.early_stopping.metric, evaluation);
  if (!stopping_.observe(epoch.epoch, epoch.step, value) || best_.empty()) return;
  std::size_t k = 0;
  for (const auto& [path, parameter] : prepared_.model.model->parameters()) {
    std::ranges::copy(parameter->value.floats(), best_[k++].floats().begin());
  }
}

Callbacks TrainingSession::callbacks() {
  return {.on_step = [this](const StepReport& step) { on_step(step); },
          .on_epoch = [this](const EpochReport& epoch) { on_epoch(epoch); },
          .go_on = [this] { return go_on(); }};
}

std::optional<Profiled> TrainingSession::run(bool with_profile) {
  open_logs();
  std::optional<Profile> profile;
  if (with_profile) trainer_->set_profile(&profile.emplace(trainer_->step().graph()));
  const TrainingPosition from = trainer_->position();
  const auto rows = static_cast<std::int64_t>(prepared_.split.train.size());
  progress_.start(rows * (config_.training.epochs - from.epoch + 1) - from.examples);
  begin_stage(from.epoch, from.examples);
  if (!stopping_.stopped()) trainer_->run(batches_, config_.training.epochs, callbacks());
  logs_->close();
  if (keeps_last()) save();
  seconds_ = seconds_before_ + watch_.seconds();
  choose_best();
  save_model(prepared_.model, run_);  // first: a trace that cannot be written must not cost it
  std::optional<Profiled> out;
  if (profile) {
    out.emplace(
        Profiled{.report = make_report(*profile, trainer_->step()), .trace = run_ / kRunTrace});
    out->traced_steps = write_chrome_trace(out->trace, *profile, trainer_->step());
  }
  position_ = trainer_->position();
  trainer_.reset();  // what comes now has the memory to itself
  validation_.reset();
  return out;
}

void TrainingSession::choose_best() {
  if (best_.empty()) {
    if (average_) average_->swap();
    averaged_ = average_.has_value();
    return;
  }
  std::size_t k = 0;
  for (const auto& [path, parameter] : prepared_.model.model->parameters()) {
    std::ranges::swap_ranges(parameter->value.floats(), best_[k++].floats());
  }
  chosen_ = true;
  const EarlyStopping::State& best = stopping_.state();
  progress_.note(fmt::format("{}: the weights of epoch {}, where validation {} was best ({:.4f})",
                             stopping_.stopped() ? "stopped early" : "done", best.epoch,
                             config_.training.early_stopping.metric, best.value));
}

Json TrainingSession::chosen() const {
  if (!chosen_) return Json::object({{"what", "nothing"}});
  const EarlyStopping::State& best = stopping_.state();
  return Json::object({{"what", "epoch"},
                       {"epoch", best.epoch},
                       {"metric", config_.training.early_stopping.metric},
                       {"value", best.value},
                       {"rows", "validation"},
                       {"epochs", best.epoch + best.waited},
                       {"stopped_early", stopping_.stopped()}});
}

}  // namespace gradus::experiment
