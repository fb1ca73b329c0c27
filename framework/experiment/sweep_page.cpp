#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "framework/experiment/human.h"
#include "framework/experiment/progress.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/run_report.h"
#include "framework/experiment/sweep.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSettings = 30;  // in a chart
constexpr std::size_t kMostRows = 40;      // of a table that is not folded
constexpr std::size_t kMostKeys = 6;
constexpr double kLogarithmic = 20;  // where the largest value is so many times the least

const SweepSetting& setting_of(const SweepReport& sweep, int setting) {
  return sweep.plan.settings[static_cast<std::size_t>(setting)];
}

/// "3: learning_rate=0.1": numbered, since draws may be alike, and keys by their last part.
std::string name_of(const SweepReport& sweep, int setting) {
  std::string out = fmt::format("{}:", setting + 1);
  for (const auto& [key, value] : setting_of(sweep, setting).values.members()) {
    out += fmt::format(" {}={}", key.substr(key.rfind('.') + 1), value.text());
  }
  return out;
}

std::string mean_text(const Summary& summary) {
  return human_figure(summary.mean) +
         (summary.half_interval ? " ± " + human_figure(*summary.half_interval) : "");
}

ReportChart settings_chart(const SweepReport& sweep) {
  ReportChart out{.kind = "intervals",
                  .title = fmt::format("{} of {} rows by setting", sweep.plan.by, sweep.rows),
                  .description = {},
                  .x = sweep.plan.by,
                  .columns = {"setting", "mean", "95% interval from", "to", "trials"},
                  .wide = true};
  Json points = Json::list();
  for (const SettingReport& setting : sweep.settings) {
    if (out.rows.size() == kMostSettings) break;
    const Summary* summary = setting.summary(sweep.rows, sweep.plan.by);
    if (summary == nullptr) continue;
    const std::string name = name_of(sweep, setting.setting);
    const bool several = summary->half_interval.has_value();
    const double half = summary->half_interval.value_or(0);
    out.rows.push_back(Json::list(
        {name, chart_number(summary->mean), several ? chart_number(summary->mean - half) : Json(),
         several ? chart_number(summary->mean + half) : Json(), summary->count}));
    for (const TrialOutcome& outcome : sweep.outcomes) {
      const auto figure = figure_of(outcome, sweep.rows, sweep.plan.by);
      const bool own =
          outcome.trial.setting == setting.setting && outcome.trial.epochs == setting.epochs;
      if (own && figure) points.push_back(Json::list({name, chart_number(*figure), outcome.run}));
    }
  }
  out.description = fmt::format(
      "A point is a trial, a diamond the mean of a setting's, the line its 95% interval. {} of {} "
      "settings, the best first.",
      out.rows.size(), sweep.settings.size());
  out.more = {{"points", std::move(points)}};
  return out;
}

/// A key's value and the figure of each trial; nothing where no trial has both.
std::optional<Json> key_chart(const SweepReport& sweep, const std::string& key) {
  ReportChart out{.kind = "scatter",
                  .title = fmt::format("{} by {}", sweep.plan.by, key),
                  .description = {},
                  .x = key,
                  .y = sweep.plan.by,
                  .columns = {key, sweep.plan.by, "trial"}};
  std::vector<double> numbers;
  std::vector<std::pair<const Json*, const TrialOutcome*>> trials;
  for (const TrialOutcome& outcome : sweep.outcomes) {
    const Json* value = setting_of(sweep, outcome.trial.setting).values.find(key);
    if (value == nullptr || !figure_of(outcome, sweep.rows, sweep.plan.by)) continue;
    trials.emplace_back(value, &outcome);
    if (const auto number = number_at(*value, {})) numbers.push_back(*number);
  }
  if (trials.empty()) return {};
  const bool numeric = numbers.size() == trials.size();
  for (const auto& [value, outcome] : trials) {
    const auto* text = value->get_if<std::string>();
    Json x = text ? *text : value->text();
    if (numeric) x = chart_number(number_at(*value, {}).value_or(0));
    const double figure = figure_of(*outcome, sweep.rows, sweep.plan.by).value_or(0);
    out.rows.push_back(Json::list({std::move(x), chart_number(figure), outcome->run}));
  }
  if (numeric) {
    const auto [least, most] = std::ranges::minmax(numbers);
    out.more = {{"log", least > 0 && most >= kLogarithmic * least}};
  }
  out.description = fmt::format("{} trials, a point each, on {} rows.", trials.size(), sweep.rows);
  return out.json();
}

ReportSection settings_section(const SweepReport& sweep) {
  std::vector<Cells> cells = sweep.table();
  ReportTable table{
      .title = fmt::format("{}: mean, standard deviation, 95% interval of the mean", sweep.plan.by),
      .columns = cells.front(),
      .rows = {cells.begin() + 1, cells.end()},
      .folded = cells.size() > kMostRows,
      .wide = true};
  ReportSection out{.id = "settings", .title = "Settings", .blocks = {}};
  const ReportChart chart = settings_chart(sweep);
  if (!chart.rows.empty()) out.blocks.push_back(chart.json());
  out.blocks.push_back(table.json());
  if (sweep.settings.size() > 1) {
    out.text.emplace_back(
        "p: the first setting against this one, a paired t-test over the same seeds and folds, "
        "corrected for their number (Holm).");
  }
  return out;
}

ReportSection keys_section(const SweepReport& sweep) {
  ReportSection out{.id = "keys", .title = "Trials by key"};
  std::vector<std::string> keys;
  for (const SweepSetting& setting : sweep.plan.settings) {
    for (const auto& [key, value] : setting.values.members()) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  for (const std::string& key : keys) {
    auto chart = key_chart(sweep, key);
    if (chart && out.blocks.size() < kMostKeys) out.blocks.push_back(std::move(*chart));
  }
  if (keys.size() > kMostKeys) {
    out.text.push_back(fmt::format("The first {} of {} keys.", kMostKeys, keys.size()));
  }
  if (keys.empty()) out.text.emplace_back("No key is varied.");
  return out;
}

ReportSection trials_section(const SweepReport& sweep) {
  ReportTable table{
      .title = fmt::format("{} trials", sweep.outcomes.size()),
      .columns = {"run", "setting", "state", "seed", "fold", "epochs", "validation", "test"},
      .rows = {},
      .words = 3,
      .folded = sweep.outcomes.size() > kMostRows,
      .wide = true};
  for (const TrialOutcome& outcome : sweep.outcomes) {
    const auto figure = [&](const char* rows) {
      const auto found = figure_of(outcome, rows, sweep.plan.by);
      return found ? human_figure(*found) : std::string("-");
    };
    const Trial& trial = outcome.trial;
    table.rows.push_back({outcome.run, name_of(sweep, trial.setting),
                          outcome.result           ? "done"
                          : !outcome.error.empty() ? "failed: " + outcome.error
                                                   : "not done",
                          std::to_string(trial.seed),
                          trial.fold > 0 ? std::to_string(trial.fold) : "-",
                          trial.epochs > 0 ? std::to_string(trial.epochs) : "-",
                          figure("validation"), figure("test")});
  }
  return {.id = "trials", .title = "Trials", .blocks = {table.json()}};
}

}  // namespace

Report sweep_report(const SweepReport& sweep, const fs::path& folder) {
  const SweepPlan& plan = sweep.plan;
  const Json* name = plan.settings.front().config.find("name");
  const auto* text = name ? name->get_if<std::string>() : nullptr;
  const auto trials = static_cast<std::int64_t>(sweep.outcomes.size());
  Report out{
      .title = text ? *text : folder.filename().string(),
      .lead = {folder.string(),
               fmt::format("{} sweep: {} settings, {} seeds{}, by {}", plan.kind,
                           plan.settings.size(), plan.seeds.size(),
                           plan.folds > 0 ? fmt::format(", {} folds", plan.folds) : "", plan.by)}};
  out.figures.push_back(
      {"trials done", human_count(trials - sweep.failed - sweep.left()),
       fmt::format("of {}, {} failed", human_count(trials), human_count(sweep.failed))});
  if (!sweep.settings.empty()) {
    const SettingReport& best = sweep.settings.front();
    out.figures.push_back({sweep.chosen ? "chosen setting" : "best setting",
                           std::to_string(best.setting + 1),
                           text_of(setting_of(sweep, best.setting).values)});
    for (const char* rows : {"validation", "test"}) {
      const Summary* summary = best.summary(rows, plan.by);
      if (summary == nullptr) continue;
      out.figures.push_back({fmt::format("its {} {}", rows, plan.by), mean_text(*summary),
                             fmt::format("mean of {} trials, 95% interval", summary->count)});
    }
    if (sweep.chosen_in_each_fold) {
      out.figures.push_back(
          {"test where each fold chooses", mean_text(*sweep.chosen_in_each_fold), ""});
    }
    if (!sweep.chosen && plan.settings.size() > 1) {
      out.lead.emplace_back(sweep.rows == "test"
                                ? "Nothing is chosen: data.split gives no validation rows. "
                                  "Settings are in the order of "
                                  "test rows, whose best figure flatters."
                                : "Nothing is chosen: no setting's trials are all done.");
    }
  }
  out.sections = {settings_section(sweep), keys_section(sweep), trials_section(sweep)};
  const int first = sweep.settings.empty() ? 0 : sweep.settings.front().setting;
  out.sections.push_back(config_section(setting_of(sweep, first).config));
  out.sections.back().text = {fmt::format("Of setting {}.", first + 1)};
  for (const TrialOutcome& outcome : sweep.outcomes) {
    if (!outcome.error.empty()) {
      out.problems.push_back(fmt::format("{} of {} trials failed, first {}: {}", sweep.failed,
                                         trials, outcome.run, outcome.error));
      break;
    }
  }
  if (sweep.left() > 0) {
    out.problems.push_back(
        fmt::format("{} of {} trials are not done. If nothing trains them, to go on: {}",
                    sweep.left(), trials, resume_command(folder)));
  }
  return out;
}

Report sweep_report(const fs::path& folder, const Catalogues& catalogues) {
  const SweepPlan plan = read_plan(folder);
  SharedData data;
  Progress quiet({.kind = ProgressStyle::Kind::quiet});
  return sweep_report(make_report(plan, Sweep(plan, folder, catalogues, data, quiet, {}).read()),
                      folder);
}

}  // namespace gradus::experiment
