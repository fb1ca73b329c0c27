#include "framework/experiment/sweep_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <system_error>

#include "framework/core/error.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/interrupt.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/run_report.h"
#include "framework/experiment/stopwatch.h"
#include "framework/experiment/sweep.h"
#include "framework/experiment/sweep_report.h"
#include "framework/experiment/training.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

/// What is left of the experiment without its sweep, and the sweep.
struct SweepDocument {
  ConfigDocument document;
  Json sweep;
  std::string name;  // of the experiment, where it does not say
};

SweepDocument take_sweep(ConfigDocument document, const fs::path& file) {
  const std::optional<Json> sweep = document.take(kSweepKey);
  if (!sweep) fail_config("/sweep", "is missing (in {})", file.string());
  return {std::move(document), *sweep, file.stem().string()};
}

/// Throws Error with the command to go on where a signal ends it.
std::vector<TrialOutcome> run_trials(Sweep& sweep, const fs::path& folder) {
  const Interrupts::Noted noted;
  try {
    return sweep.run();
  } catch (const Interrupted& interrupted) {
    throw Error(fmt::format("{}; to go on:\n  {}", interrupted.what(), resume_command(folder)),
                interrupted.exit_code());
  }
}

/// Trains what is not finished yet of a plan in its folder, and shows what came of all.
void run(const SweepPlan& plan, const fs::path& folder, SharedData& data,
         const TrainingArguments& arguments, const Catalogues& catalogues, const Stopwatch& all) {
  Progress progress(progress_style(arguments.quiet));
  Sweep sweep(plan, folder, catalogues, data, progress, all);
  const SweepReport report = make_report(plan, run_trials(sweep, folder));
  Json json = report.json();
  json["seconds"] = all.seconds();
  write_file(folder / kSweepTable, json.text(2) + "\n");
  fs::path page;
  if (arguments.report) page = write_report(sweep_report(report, folder), folder);
  if (arguments.json) {
    json["sweep"] = folder.string();
    if (arguments.report) json["report"] = page.string();
    print(json.text(2) + "\n");
  } else {
    print(report.text() +
          fmt::format("sweep: {} ({})\n", folder.string(), human_seconds(all.seconds())) +
          (arguments.report ? fmt::format("report: {}\n", page.string()) : ""));
  }
  if (report.failed == 0) return;
  const auto first = std::ranges::find_if(
      report.outcomes, [](const TrialOutcome& outcome) { return !outcome.error.empty(); });
  fail("{} of {} trials failed, first {}: {}", report.failed, report.outcomes.size(), first->run,
       first->error);
}

/// Begins a sweep of a document's experiment in a folder of its own.
void begin(const SweepPlan& plan, const ConfigDocument& document,
           const TrainingArguments& arguments, const Catalogues& catalogues,
           bool needs_validation) {
  const fs::path output = arguments.output;
  const Stopwatch all;
  const Interrupts interrupts;
  if (!output.empty()) refuse_used_folder(output);
  use_threads(arguments);
  const Trial first{.seed = plan.seeds.front(), .fold = std::min(1, plan.folds)};
  const Config config = trial_config(plan, first, catalogues);
  SharedData data;
  with_origins(with_values(document, plan.settings.front().values), [&] {
    if (data.get(config).rows->split.validation.empty() && needs_validation) {
      fail_config("/data/split", "gives no validation rows, which settings are chosen by");
    }
  });
  const fs::path folder = make_run_folder(output, config.name);
  const RunLock lock(folder);
  refuse_used_folder(folder);  // who had it in the meantime is done
  write_file(folder / kSweepPlan, plan.json().text(1) + "\n");
  run(plan, folder, data, arguments, catalogues, all);
}

/// Throws Error (exit code 2) where the config with its settings is another sweep than that of the
/// plan's file.
void refuse_other_sweep(const SweepPlan& plan, const fs::path& file,
                        const TrainArguments& arguments, const Catalogues& catalogues) {
  if (arguments.config.empty() && arguments.settings.empty()) return;
  if (arguments.config.empty()) throw Error("--set: a sweep that is resumed keeps its settings", 2);
  const auto [document, json, name] =
      take_sweep(load_document(arguments.config, arguments.settings), arguments.config);
  const std::string other =
      first_difference(plan.json(), plan_sweep(json, document, catalogues, name).json());
  if (other.empty()) return;
  throw Error(
      fmt::format("--resume: {} differs from {}; a sweep that is resumed keeps its settings", other,
                  file.string()),
      2);
}

}  // namespace

bool is_sweep_folder(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / kSweepPlan, error);
}

void sweep(ConfigDocument document, const TrainArguments& arguments, const Catalogues& catalogues) {
  if (arguments.profile) throw Error("--profile: profiles one training, not a sweep", 2);
  const auto [experiment, json, name] = take_sweep(std::move(document), arguments.config);
  const SweepPlan plan = plan_sweep(json, experiment, catalogues, name);
  begin(plan, experiment, arguments, catalogues, plan.kind == "halving");
}

void resume_sweep(const TrainArguments& arguments, const Catalogues& catalogues) {
  const Stopwatch all;
  const Interrupts interrupts;
  if (arguments.profile) throw Error("--profile: profiles one training, not a sweep", 2);
  const SweepPlan plan = read_plan(arguments.output);
  refuse_other_sweep(plan, fs::path(arguments.output) / kSweepPlan, arguments, catalogues);
  const RunLock lock(arguments.output);
  use_threads(arguments);
  SharedData data;
  run(plan, arguments.output, data, arguments, catalogues, all);
}

void tune(const TuneArguments& arguments, const Catalogues& catalogues) {
  constexpr int kMostInTime = 1000;
  const auto [document, json, name] =
      take_sweep(load_document(arguments.config, arguments.settings), arguments.config);
  std::optional<int> settings;
  if (arguments.trials > 0) settings = arguments.trials;
  if (arguments.minutes > 0) settings = kMostInTime;
  SweepPlan plan = plan_sweep(json, document, catalogues, name, settings);
  if (plan.kind != "random" && plan.kind != "halving") {
    fail_config("/sweep/kind", "must be random or halving to tune, got {}", plan.kind);
  }
  if (arguments.minutes > 0 && plan.kind == "halving") {
    throw Error("--minutes: halving begins with so many settings, say --trials", 2);
  }
  plan.minutes = arguments.minutes;
  begin(plan, document, arguments, catalogues, true);
}

}  // namespace gradus::experiment
