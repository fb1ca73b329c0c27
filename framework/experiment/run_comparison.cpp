#include "framework/experiment/run_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "framework/core/error.h"
#include "framework/experiment/progress.h"
#include "framework/experiment/ranking_comparison.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/sweep_command.h"
#include "framework/experiment/sweep_report.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

using SeedAndFold = std::pair<std::int64_t, int>;

/// Figures of a result, in this order: "test loss".
std::vector<std::pair<std::string, double>> figures_of(const Json& result) {
  static constexpr std::array<std::string_view, 4> kOther = {"rows", "users", "items",
                                                             "last_batch_loss"};
  std::vector<std::pair<std::string, double>> out;
  for (const char* part : {"test", "validation", "spread"}) {
    const Json* members = result.find(part);
    if (members == nullptr || members->get_if<Json::Object>() == nullptr) continue;
    const bool regularized = number_at(*members, {"regularization_loss"}).value_or(0) != 0;
    for (const auto& [name, value] : members->members()) {
      const auto number = number_at(value, {});
      const bool of_regularization = name == "regularization_loss" || name == "total_loss";
      if (!number || (of_regularization && !regularized) ||
          std::ranges::find(kOther, name) != kOther.end())
        continue;
      out.emplace_back(part == std::string_view("spread") ? name : fmt::format("{} {}", part, name),
                       *number);
    }
  }
  if (const auto parameters = number_at(result, {"parameters"}))
    out.emplace_back("parameters", *parameters);
  if (const auto seconds = number_at(result, {"seconds", "training"})) {
    out.emplace_back("seconds of training", *seconds);
  }
  return out;
}

void add_figures(ComparedRun& run, const Json& result, const SeedAndFold& at) {
  for (const auto& [name, value] : figures_of(result)) {
    auto found = std::ranges::find(run.figures, name, &decltype(run.figures)::value_type::first);
    if (found == run.figures.end()) found = run.figures.insert(found, {name, {}});
    found->second[at] = value;
  }
}

ComparedRun read_sweep(const fs::path& folder, const Catalogues& catalogues,
                       std::vector<std::string>& notes) {
  const SweepPlan plan = read_plan(folder);
  SharedData data;
  Progress quiet({.kind = ProgressStyle::Kind::quiet});
  const SweepReport sweep =
      make_report(plan, Sweep(plan, folder, catalogues, data, quiet, {}).read());
  const SettingReport& best = sweep.settings.front();
  ComparedRun out{.name = folder.string(),
                  .record = {.folder = folder},
                  .config = plan.settings[static_cast<std::size_t>(best.setting)].config,
                  .figures = {}};
  Json seeds = Json::list();
  for (const std::int64_t seed : plan.seeds) seeds.push_back(seed);
  out.config["sweep"] = Json::object({{"kind", plan.kind},
                                      {"settings", plan.settings.size()},
                                      {"seeds", std::move(seeds)},
                                      {"folds", plan.folds},
                                      {"by", plan.by}});
  for (const TrialOutcome& outcome : sweep.outcomes) {
    const Trial& trial = outcome.trial;
    if (trial.setting != best.setting || trial.epochs != best.epochs || !outcome.result) continue;
    if (!out.record.result) out.record = read_run(folder / outcome.run);
    add_figures(out, *outcome.result, {trial.seed, trial.fold});
  }
  if (plan.settings.size() > 1) {
    notes.push_back(
        fmt::format("{}: a sweep of {} settings; compared is the {} one, {}", folder.string(),
                    plan.settings.size(), sweep.chosen ? "chosen" : "best",
                    text_of(plan.settings[static_cast<std::size_t>(best.setting)].values)));
  }
  if (sweep.failed + sweep.left() > 0) {
    notes.push_back(fmt::format("{}: {} of {} trials have no result", folder.string(),
                                sweep.failed + sweep.left(), sweep.outcomes.size()));
  }
  return out;
}

ComparedRun read_single(const fs::path& folder, std::vector<std::string>& notes) {
  ComparedRun out{
      .name = folder.string(), .record = read_run(folder), .config = Json::object(), .figures = {}};
  const RunRecord& record = out.record;
  if (record.config) out.config = *record.config;
  SeedAndFold at;
  at.first = static_cast<std::int64_t>(number_at(out.config, {"seed"}).value_or(0));
  at.second = static_cast<int>(number_at(out.config, {"data", "split", "fold"}).value_or(0));
  if (record.result) add_figures(out, *record.result, at);
  if (record.state != RunRecord::State::finished) {
    notes.push_back(fmt::format("{}: is {}{}", out.name, record.state_name(),
                                record.error.empty() ? "" : ": " + record.error));
  }
  notes.insert(notes.end(), record.problems.begin(), record.problems.end());
  return out;
}

std::vector<double> values_of(const std::map<SeedAndFold, double>& figures) {
  std::vector<double> out;
  out.reserve(figures.size());
  for (const auto& [at, value] : figures) out.push_back(value);
  return out;
}

/// `b` less `a`: over the seeds and folds that both have, where these are several, else as two
/// samples.
std::pair<PairedTest, bool> difference(const std::map<SeedAndFold, double>& a,
                                       const std::map<SeedAndFold, double>& b) {
  std::vector<double> left;
  std::vector<double> right;
  for (const auto& [at, value] : a) {
    const auto pair = b.find(at);
    if (pair == b.end()) continue;
    left.push_back(value);
    right.push_back(pair->second);
  }
  if (left.size() > 1) return {paired_t_test(right, left), true};
  return {welch_t_test(values_of(b), values_of(a)), false};
}

std::vector<ComparedFigure> compare_figures(const std::vector<ComparedRun>& runs) {
  std::vector<ComparedFigure> out;
  const auto of = [](const ComparedRun& run, const std::string& name) {
    const auto found =
        std::ranges::find(run.figures, name, &decltype(run.figures)::value_type::first);
    return found == run.figures.end() ? nullptr : &found->second;
  };
  for (const ComparedRun& run : runs) {
    for (const auto& [name, figures] : run.figures) {
      if (std::ranges::find(out, name, &ComparedFigure::name) != out.end()) continue;
      ComparedFigure& made = out.emplace_back();
      made.name = name;
      for (const ComparedRun& each : runs) {
        const auto* own = of(each, name);
        const auto* first = of(runs.front(), name);
        made.values.push_back(own ? std::optional(summarize(values_of(*own))) : std::nullopt);
        const bool both = own != nullptr && first != nullptr;
        const auto [test, paired] =
            both ? difference(*first, *own) : std::pair(PairedTest(), false);
        made.against.push_back(both ? std::optional(test) : std::nullopt);
        made.paired.push_back(paired);
      }
    }
  }
  return out;
}

/// What makes test rows others: how the data are read and divided.
void note_other_rows(RunComparison& comparison) {
  std::string keys;
  for (const ConfigDifference& difference : comparison.config) {
    static constexpr std::array<std::string_view, 3> kFeeding = {
        "data.batch_size", "data.evaluation_batch_size", "data.shuffle"};
    const bool feeding = std::ranges::find(kFeeding, difference.key) != kFeeding.end();
    const bool label = difference.key == "task.label";
    if ((difference.key.starts_with("data.") && !feeding && difference.key != "data.vocabulary") ||
        label) {
      keys += (keys.empty() ? "" : ", ") + difference.key;
    }
  }
  if (!keys.empty()) {
    comparison.notes.push_back(
        fmt::format("The runs are not tested on the same rows ({} differ): a difference of their "
                    "figures is also one of the rows.",
                    keys));
  }
}

}  // namespace

RunComparison compare_runs(const std::vector<std::string>& folders, const Catalogues& catalogues) {
  RunComparison out;
  for (const std::string& folder : folders) {
    out.runs.push_back(is_sweep_folder(folder) ? read_sweep(folder, catalogues, out.notes)
                                               : read_single(folder, out.notes));
  }
  std::vector<Json> configs;
  configs.reserve(out.runs.size());
  for (const ComparedRun& run : out.runs) configs.push_back(run.config);
  out.config = config_differences(configs);
  out.figures = compare_figures(out.runs);
  note_other_rows(out);
  std::vector<fs::path> models;
  models.reserve(out.runs.size());
  for (const ComparedRun& run : out.runs) models.push_back(run.record.folder);
  out.rankings = compare_rankings(models, folders, catalogues);
  return out;
}

}  // namespace gradus::experiment
