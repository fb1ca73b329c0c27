#include "framework/experiment/training.h"

#include <fmt/format.h>

#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/interrupt.h"
#include "framework/experiment/machine.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/stopwatch.h"
#include "framework/experiment/training_session.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

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

/// Leaves in the run directory why its training failed; where that cannot be, it is still told.
void note_failure(const fs::path& run, const Error& error) {
  try {
    write_file(run / kRunError, std::string(error.what()) + "\n");
  } catch (const Error&) {  // as where the disk is full, which may be the failure itself
  }
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

Trained train(const Prepared& prepared, const fs::path& run, Progress& progress, bool with_profile,
              std::optional<Checkpoint> from) {
  const Stopwatch all;
  const double syncing = seconds_syncing();
  const Config& config = prepared.model.config;
  TrainingSession session(prepared, run, progress, std::move(from));
  for (const auto name : {kRunResult, kRunError}) remove_file(run / name);  // the training goes on
  write_file(run / kRunConfig, write_config(config).text(2) + "\n");
  progress.note(fmt::format("{}: {} parameters, {}, {}", run.string(),
                            human_count(parameter_count(*prepared.model.model)),
                            rows_text(prepared.split), config.data.source.name()));
  Trained out{.test = {}, .result = Json::object({{"format", kRunFormat}})};
  Stopwatch evaluation;
  try {
    out.profiled = session.run(with_profile);
    evaluation = {};
    out.test = evaluate_model(prepared.model, prepared.data, prepared.split, check_interrupted);
    check_interrupted();
  } catch (const Interrupted&) {
    session.save();
    throw;
  } catch (const Error& error) {
    note_failure(run, error);
    throw;
  }
  if (out.profiled) write_file(run / kRunProfile, out.profiled->report.json().text(1) + "\n");
  const Json measured = out.test.json();
  for (const auto& [key, value] : measured.members()) out.result[key] = value;
  out.result["chosen"] = session.chosen();
  out.result["parameters"] = parameter_count(*prepared.model.model);
  out.result["seconds"] = Json::object({{"data", prepared.seconds},
                                        {"training", session.seconds()},
                                        {"checkpoints", session.checkpoint_seconds()},
                                        {"sync", seconds_syncing() - syncing},
                                        {"evaluation", evaluation.seconds()},
                                        {"total", prepared.seconds + all.seconds()}});
  out.result["versions"] = versions();
  out.result["machine"] = machine();
  write_file(run / kRunResult, out.result.text(2) + "\n");
  return out;
}

}  // namespace gradus::experiment
