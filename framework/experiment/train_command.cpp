#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/checkpoint.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/interrupt.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/run_report.h"
#include "framework/experiment/stopwatch.h"
#include "framework/experiment/sweep_command.h"
#include "framework/experiment/sweep_plan.h"
#include "framework/experiment/training.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

/// Trains in a run directory that is locked, and prints the result.
void train_in(const fs::path& run, const TrainArguments& arguments, const Prepared& prepared,
              Progress& progress, const Stopwatch& all, std::optional<Checkpoint> from = {}) {
  Trained trained;
  const Interrupts::Noted noted;
  try {
    trained = train(prepared, run, progress, arguments.profile, std::move(from));
  } catch (const Interrupted& interrupted) {
    throw Error(
        fmt::format("{}, and saved; to go on:\n  {}", interrupted.what(), resume_command(run)),
        interrupted.exit_code());
  } catch (const Error&) {
    if (arguments.report) {
      RunRecord record = read_run(run);
      write_report(run_report(record, nullptr, nullptr), run);
    }
    throw;
  }
  fs::path report;
  if (arguments.report) {
    RunRecord record = read_run(run);
    const MeasuredRows rows{.data = prepared.data,
                            .split = prepared.split,
                            .predictions = trained.test.evaluation.predictions};
    report = write_report(run_report(record, &prepared.model, &rows), run);
  }
  if (arguments.json) {
    trained.result["run"] = run.string();
    if (arguments.report) trained.result["report"] = report.string();
    if (trained.profiled) trained.result["profile"] = trained.profiled->json();
    print(trained.result.text(2) + "\n");
  } else {
    print(trained.test.text() +
          fmt::format("run: {} ({})\n", run.string(), human_seconds(all.seconds())) +
          (arguments.report ? fmt::format("report: {}\n", report.string()) : "") +
          (trained.profiled ? "\n" + trained.profiled->text() : ""));
  }
}

void begin(const ConfigDocument& document, const TrainArguments& arguments,
           const Catalogues& catalogues) {
  const Stopwatch all;
  const Config config =
      read_config(document, catalogues, fs::path(arguments.config).stem().string());
  if (!arguments.output.empty()) refuse_used_folder(arguments.output);
  const Prepared prepared = with_origins(document, [&] { return prepare(config); });
  const fs::path run = make_run_folder(arguments.output, config.name);
  const RunLock lock(run);
  refuse_used_folder(run);  // who had it in the meantime is done
  Progress progress(progress_style(arguments.quiet));
  train_in(run, arguments, prepared, progress, all);
}

/// The run's own experiment, with as many epochs as are asked for. Throws Error (exit code 2) where
/// the config file or the settings ask for anything else.
Config resumed_config(const fs::path& run, const TrainArguments& arguments,
                      const Catalogues& catalogues) {
  const std::string own = (run / kRunConfig).string();
  Config config = load_config(own, {}, catalogues);
  const std::string asked_in = arguments.config.empty() ? own : arguments.config;
  ConfigDocument document = load_document(asked_in, arguments.settings);
  if (document.take(kSweepKey)) {
    throw Error(fmt::format("--resume: {} is one training, not a sweep", run.string()), 2);
  }
  const Config asked = read_config(document, catalogues, fs::path(asked_in).stem().string());
  config.training.epochs = asked.training.epochs;
  const std::string other = first_difference(write_config(config), write_config(asked));
  if (!other.empty()) {
    throw Error(fmt::format("--resume: {} differs from {}; only training.epochs may, all else is "
                            "the run's own",
                            other, own),
                2);
  }
  return config;
}

/// How many epochs a training has begun.
std::int64_t epochs_begun(const TrainingPosition& position) {
  return position.batch > 0 ? position.epoch : position.epoch - 1;
}

void say_finished(const fs::path& run, const TrainArguments& arguments,
                  const Catalogues& catalogues, int epochs) {
  fs::path report;
  if (arguments.report) report = write_report(run_report(run, catalogues), run);
  if (arguments.json) {
    Json result = read_run_file(run, kRunResult);
    result["run"] = run.string();
    if (arguments.report) result["report"] = report.string();
    print(result.text(2) + "\n");
    return;
  }
  if (!has_checkpoint(run)) {
    print(
        fmt::format("{}: is finished, and has no checkpoint to train longer from\n", run.string()));
    return;
  }
  print(
      fmt::format("{}: is finished; to train longer than {} epochs:\n  {} --set "
                  "training.epochs={}\n",
                  run.string(), epochs, resume_command(run), 2 * epochs));
  if (arguments.report) print(fmt::format("report: {}\n", report.string()));
}

void resume(const TrainArguments& arguments, const Catalogues& catalogues) {
  const Stopwatch all;
  const fs::path run = arguments.output;
  const RunLock lock(run);
  const int trained = load_config(run / kRunConfig, {}, catalogues).training.epochs;
  const Config config = resumed_config(run, arguments, catalogues);
  const int epochs = config.training.epochs;
  const bool finished = is_finished(run);
  if (finished && epochs == trained) return say_finished(run, arguments, catalogues, epochs);
  Progress progress(progress_style(arguments.quiet));
  auto from = latest_checkpoint(run, [&progress](std::string_view text) { progress.note(text); });
  const std::int64_t begun = from ? epochs_begun(from->position) : 0;
  const std::int64_t least = finished ? trained : begun;
  if (epochs < least) {
    fail_config("/training/epochs", "must be at least {}, which are trained already, got {}", least,
                epochs);
  }
  if (finished && !from) {
    fail(
        "{}: is finished, and has no checkpoint to go on from; training.checkpoint says when one "
        "is kept",
        run.string());
  }
  const Prepared prepared = prepare(config);
  progress.note(from ? fmt::format("{}: goes on after step {}, {} of {} epochs are done",
                                   run.string(), human_count(from->position.step),
                                   from->position.epoch - 1, epochs)
                     : fmt::format("{}: begins anew, there is no checkpoint", run.string()));
  train_in(run, arguments, prepared, progress, all, std::move(from));
}

/// Whether there is a run to go on with, or only what a config file may begin.
bool is_begun(const TrainArguments& arguments) {
  if (arguments.output.empty()) {
    throw Error("--resume: needs --output DIR, the run to go on with", 2);
  }
  std::error_code error;
  if (fs::exists(fs::path(arguments.output) / kRunConfig, error)) return true;
  if (arguments.config.empty()) {
    fail("{}: is no run directory (it has no {})", arguments.output, kRunConfig);
  }
  return false;
}

}  // namespace

void train(const TrainArguments& arguments, const Catalogues& catalogues) {
  if (arguments.resume && is_sweep_folder(arguments.output)) {
    return resume_sweep(arguments, catalogues);
  }
  const bool begun = arguments.resume && is_begun(arguments);
  std::optional<ConfigDocument> document;  // read once: the config may be a pipe
  if (!begun) document = load_document(arguments.config, arguments.settings);
  if (document && document->json().find(kSweepKey)) {
    return sweep(std::move(*document), arguments, catalogues);
  }
  const Interrupts interrupts;
  use_threads(arguments);
  document ? begin(*document, arguments, catalogues) : resume(arguments, catalogues);
}

}  // namespace gradus::experiment
