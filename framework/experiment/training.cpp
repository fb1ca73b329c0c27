#include "framework/experiment/training.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/data/batches.h"
#include "framework/experiment/chrome_trace.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/log.h"
#include "framework/experiment/machine.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/stopwatch.h"
#include "framework/optim/optimizer.h"
#include "framework/train/trainer.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

void add(Json& line, const Losses& losses) {
  line["loss"] = losses.loss;
  line["regularization_loss"] = losses.regularization_loss;
  line["total_loss"] = losses.total_loss;
}

void add(Json& line, const Figures& figures) {
  for (const auto& [name, value] : figures) line[name] = value;
}

/// What the progress shows: the loss that is made small, and the metrics.
Figures shown(const Losses& losses, const Figures& metrics) {
  Figures out = {{losses.regularization_loss == 0 ? "loss" : "total_loss", losses.total_loss}};
  out.insert(out.end(), metrics.begin(), metrics.end());
  return out;
}

/// "80,000 training, 10,000 validation and 10,000 test rows".
std::string rows_text(const Split& split) {
  const auto count = [](const std::vector<std::int32_t>& rows) {
    return human_count(static_cast<std::int64_t>(rows.size()));
  };
  return fmt::format(
      "{} training{} and {} test rows", count(split.train),
      split.validation.empty() ? "" : fmt::format(", {} validation", count(split.validation)),
      count(split.test));
}

/// Trains with logs in the run directory and progress on standard error, and saves the model.
std::optional<Profiled> train_model(const Prepared& prepared, const fs::path& run,
                                    Progress& progress, bool with_profile) {
  const Config& config = prepared.model.config;
  const auto optimizer = config.optimizer.kind.component().make();
  const auto rows = static_cast<std::int64_t>(prepared.split.train.size());
  Trainer trainer(*prepared.model.model, *prepared.model.task, *optimizer, prepared.data,
                  std::min<std::int64_t>(config.data.batch_size, rows));
  Batches batches(prepared.split.train, config.data.batch_size, shuffle(config.data.shuffle),
                  static_cast<std::uint64_t>(config.seed));
  const int epochs = config.training.epochs;
  const auto begin = [&](std::int64_t epoch) {
    if (epoch <= epochs) progress.begin(fmt::format("epoch {}/{}", epoch, epochs), rows);
  };
  Log steps(run / kRunSteps);
  Log metrics(run / kRunMetrics);
  Callbacks callbacks;
  callbacks.on_step = [&](const StepReport& step) {
    Json line = Json::object({{"epoch", step.epoch}, {"step", step.step}});
    add(line, step.losses);
    line["examples"] = step.examples;
    steps.write(line);
    progress.update(step.done, shown(step.losses, step.metrics));
  };
  callbacks.on_epoch = [&](const EpochReport& epoch) {
    Json line = Json::object({{"epoch", epoch.epoch}, {"step", epoch.step}});
    add(line, epoch.losses);
    line["last_batch_loss"] = epoch.last_batch_loss;
    add(line, epoch.metrics);
    line["examples"] = epoch.examples;
    line["seconds"] = epoch.seconds;
    metrics.write(line);
    progress.end(shown(epoch.losses, epoch.metrics));
    begin(epoch.epoch + 1);
  };
  std::optional<Profile> profile;
  if (with_profile) trainer.set_profile(&profile.emplace(trainer.step().graph()));
  progress.start(rows * epochs);
  begin(1);
  trainer.run(batches, epochs, callbacks);
  steps.close();
  metrics.close();
  save_model(prepared.model, run);  // first: a trace that cannot be written must not cost it
  if (!profile) return {};
  Profiled out{.report = make_report(*profile, trainer.step()), .trace = run / kRunTrace};
  out.traced_steps = write_chrome_trace(out.trace, *profile, trainer.step());
  return out;
}

}  // namespace

Json Profiled::json() const {
  Json out = report.json();
  out["trace"] = Json::object({{"file", trace.string()}, {"steps", traced_steps}});
  return out;
}

std::string Profiled::text() const {
  return report.text() + fmt::format("trace: {}, the last {} of {} steps\n", trace.string(),
                                     human_count(traced_steps), human_count(report.steps));
}

Prepared prepare(const Config& config) {
  SharedData data;
  return prepare(config, data);
}

Prepared prepare(const Config& config, SharedData& shared) {
  const Stopwatch watch;
  auto [model, rows] = shared.get(config);
  return {.model = std::move(model), .rows = std::move(rows), .seconds = watch.seconds()};
}

Trained train(const Prepared& prepared, const fs::path& run, Progress& progress,
              bool with_profile) {
  const Stopwatch all;
  const Config& config = prepared.model.config;
  write_file(run / kRunConfig, write_config(config).text(2) + "\n");
  progress.note(fmt::format("{}: {} parameters, {}, {}", run.string(),
                            human_count(parameter_count(*prepared.model.model)),
                            rows_text(prepared.split), config.data.source.name()));
  const Stopwatch training;
  Trained out{.test = {}, .result = Json::object({{"format", kRunFormat}})};
  out.profiled = train_model(prepared, run, progress, with_profile);
  const double training_seconds = training.seconds();
  const Stopwatch evaluation;
  out.test = evaluate_model(prepared.model, prepared.data, prepared.split);
  const Json measured = out.test.json();
  for (const auto& [key, value] : measured.members()) out.result[key] = value;
  out.result["chosen"] = Json::object({{"what", "nothing"}});
  out.result["parameters"] = parameter_count(*prepared.model.model);
  out.result["seconds"] = Json::object({{"data", prepared.seconds},
                                        {"training", training_seconds},
                                        {"evaluation", evaluation.seconds()},
                                        {"total", prepared.seconds + all.seconds()}});
  out.result["versions"] = versions();
  out.result["machine"] = machine();
  write_file(run / kRunResult, out.result.text(2) + "\n");
  return out;
}

}  // namespace gradus::experiment
