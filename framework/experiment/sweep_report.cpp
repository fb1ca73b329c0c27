#include "framework/experiment/sweep_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "framework/experiment/human.h"
#include "framework/experiment/plan_table.h"

namespace gradus::experiment {
namespace {

using Summaries = std::vector<std::pair<std::string, Summary>>;

/// What trials of one setting have in common with those of another.
using SeedAndFold = std::pair<std::int64_t, int>;

/// The names of the figures that the outcomes have of these rows.
std::vector<std::string> figure_names(const std::vector<TrialOutcome>& outcomes,
                                      std::string_view rows) {
  for (const TrialOutcome& outcome : outcomes) {
    const Json* part = outcome.result ? outcome.result->find(rows) : nullptr;
    if (part == nullptr) continue;
    std::vector<std::string> names;
    for (const auto& [name, value] : part->members()) {
      if (name != "rows" && name != "last_batch_loss") names.push_back(name);
    }
    return names;
  }
  return {};
}

/// One setting's trials, of its most epochs.
std::vector<const TrialOutcome*> trials_of(const SweepReport& report, int setting, int epochs) {
  std::vector<const TrialOutcome*> out;
  for (const TrialOutcome& outcome : report.outcomes) {
    if (outcome.trial.setting == setting && outcome.trial.epochs == epochs) out.push_back(&outcome);
  }
  return out;
}

Summaries summaries_of(const std::vector<const TrialOutcome*>& trials, std::string_view rows,
                       const std::vector<std::string>& names) {
  Summaries out;
  for (const std::string& name : names) {
    std::vector<double> figures;
    for (const TrialOutcome* trial : trials) {
      if (const auto figure = figure_of(*trial, rows, name)) figures.push_back(*figure);
    }
    if (!figures.empty()) out.emplace_back(name, summarize(figures));
  }
  return out;
}

std::map<SeedAndFold, double> figures_of(const SweepReport& report, const SettingReport& setting,
                                         std::string_view rows) {
  std::map<SeedAndFold, double> out;
  for (const TrialOutcome* trial : trials_of(report, setting.setting, setting.epochs)) {
    const auto figure = figure_of(*trial, rows, report.plan.by);
    if (figure) out[{trial->trial.seed, trial->trial.fold}] = *figure;
  }
  return out;
}

/// The best of the settings against each other one of as many epochs.
void compare(SweepReport& report) {
  const auto best = figures_of(report, report.settings.front(), report.rows);
  std::vector<double> p;
  std::vector<SettingReport*> compared;
  for (std::size_t i = 1; i < report.settings.size(); ++i) {
    if (report.settings[i].epochs != report.settings.front().epochs) continue;
    std::vector<double> a;
    std::vector<double> b;
    for (const auto& [at, figure] : figures_of(report, report.settings[i], report.rows)) {
      const auto pair = best.find(at);
      if (pair == best.end()) continue;
      a.push_back(pair->second);
      b.push_back(figure);
    }
    if (a.empty()) continue;
    report.settings[i].against_best = paired_t_test(a, b);
    p.push_back(report.settings[i].against_best->p);
    compared.push_back(&report.settings[i]);
  }
  const std::vector<double> corrected = holm(p);
  for (std::size_t i = 0; i < p.size(); ++i) compared[i]->p = corrected[i];
}

/// Chooses in each fold by its own validation rows, and measures that on its test rows.
std::optional<Summary> choose_in_each_fold(const SweepReport& report) {
  std::vector<double> figures;
  for (int fold = 1; fold <= report.plan.folds; ++fold) {
    std::optional<double> best;
    double test = 0;
    for (const SettingReport& setting : report.settings) {
      if (!setting.whole() || setting.epochs != report.settings.front().epochs) continue;
      std::vector<const TrialOutcome*> trials = trials_of(report, setting.setting, setting.epochs);
      std::erase_if(trials, [fold](const auto* trial) { return trial->trial.fold != fold; });
      const auto mean = [&](const char* rows) -> std::optional<double> {
        const Summaries found = summaries_of(trials, rows, {report.plan.by});
        if (found.empty()) return {};  // these rows define no such figure
        return found.front().second.mean;
      };
      const auto validation = mean("validation");
      const auto test_of_setting = mean("test");
      if (!validation || !test_of_setting) continue;
      const bool better =
          !best || (report.plan.higher_is_better ? *validation > *best : *validation < *best);
      if (!better) continue;
      best = validation;
      test = *test_of_setting;
    }
    if (!best) return {};
    figures.push_back(test);
  }
  return summarize(figures);
}

/// "1.1108", "0.0056", "1.1082 to 1.1134".
void add_cells(Cells& cells, const Summary* summary) {
  if (summary == nullptr) {
    cells.insert(cells.end(), {"-", "-", "-"});
    return;
  }
  cells.push_back(fmt::format("{:.4f}", summary->mean));
  if (!summary->half_interval) {
    cells.insert(cells.end(), {"-", "-"});
    return;
  }
  cells.push_back(fmt::format("{:.4f}", *summary->standard_deviation));
  cells.push_back(fmt::format("{:.4f} to {:.4f}", summary->mean - *summary->half_interval,
                              summary->mean + *summary->half_interval));
}

Json json_of(const Summary& summary) {
  Json out = Json::object({{"n", summary.count}, {"mean", summary.mean}});
  if (!summary.half_interval) return out;
  out["standard_deviation"] = *summary.standard_deviation;
  out["interval_95"] =
      Json::list({summary.mean - *summary.half_interval, summary.mean + *summary.half_interval});
  return out;
}

Json json_of(const Summaries& summaries) {
  Json out = Json::object();
  for (const auto& [name, summary] : summaries) out[name] = json_of(summary);
  return out;
}

Json json_of(const TrialOutcome& outcome) {
  Json out = Json::object(
      {{"run", outcome.run}, {"setting", outcome.trial.setting + 1}, {"seed", outcome.trial.seed}});
  if (outcome.trial.fold > 0) out["fold"] = outcome.trial.fold;
  if (outcome.trial.epochs > 0) out["epochs"] = outcome.trial.epochs;
  const bool failed = !outcome.error.empty();
  out["state"] = outcome.result ? "done" : failed ? "failed" : "not begun";
  if (failed) out["error"] = outcome.error;
  if (!outcome.result) return out;
  for (const char* rows : {"validation", "test"}) {
    if (const Json* part = outcome.result->find(rows)) out[rows] = *part;
  }
  return out;
}

bool is_begun(const SettingReport& setting) {
  return setting.left == 0 || setting.failed > 0 || !setting.test.empty();
}

/// A setting's row in the table.
Cells row_of(const SweepReport& report, const SettingReport& setting) {
  Cells cells = {text_of(report.plan.settings[static_cast<std::size_t>(setting.setting)].values)};
  if (report.plan.kind == "halving") cells.push_back(std::to_string(setting.epochs));
  const Summary* test = setting.summary("test", report.plan.by);
  cells.push_back(std::to_string(test ? test->count : 0));
  if (report.rows == "validation") add_cells(cells, setting.summary("validation", report.plan.by));
  add_cells(cells, test);
  if (report.settings.size() < 2) return cells;
  const auto& against = setting.against_best;
  cells.push_back(against ? std::to_string(against->difference.count) : "");
  cells.push_back(against && against->difference.count > 1 ? fmt::format("{:.2g}", setting.p) : "");
  return cells;
}

}  // namespace

const Summary* SettingReport::summary(std::string_view rows, std::string_view name) const {
  const Summaries& summaries = rows == "test" ? test : validation;
  const auto found = std::ranges::find(summaries, name, &Summaries::value_type::first);
  return found == summaries.end() ? nullptr : &found->second;
}

SweepReport make_report(const SweepPlan& plan, std::vector<TrialOutcome> outcomes) {
  SweepReport out{.plan = plan, .outcomes = std::move(outcomes)};
  const auto validation = figure_names(out.outcomes, "validation");
  const auto test = figure_names(out.outcomes, "test");
  out.rows = validation.empty() ? "test" : "validation";
  std::map<int, int> most_epochs;
  for (const TrialOutcome& outcome : out.outcomes) {
    int& epochs = most_epochs[outcome.trial.setting];
    epochs = std::max(epochs, outcome.trial.epochs);
    out.failed += outcome.error.empty() ? 0 : 1;
  }
  for (const auto& [setting, epochs] : most_epochs) {
    const auto trials = trials_of(out, setting, epochs);
    SettingReport& made = out.settings.emplace_back(SettingReport{setting, epochs});
    for (const TrialOutcome* trial : trials) {
      made.failed += trial->error.empty() ? 0 : 1;
      made.left += trial->result || !trial->error.empty() ? 0 : 1;
    }
    made.validation = summaries_of(trials, "validation", validation);
    made.test = summaries_of(trials, "test", test);
  }
  const auto order = [&](const SettingReport& setting) {
    const Summary* by = setting.summary(out.rows, plan.by);
    const double figure = by == nullptr ? 0 : plan.higher_is_better ? -by->mean : by->mean;
    return std::tuple(-setting.epochs, !setting.whole(), by == nullptr, figure, setting.setting);
  };
  std::ranges::sort(out.settings, {}, order);
  if (out.settings.empty()) return out;
  compare(out);
  const SettingReport& first = out.settings.front();
  const bool several = out.settings.size() > 1 && first.whole();
  out.chosen =
      several && out.rows == "validation" && first.summary("validation", plan.by) != nullptr;
  if (out.chosen && plan.folds > 0) out.chosen_in_each_fold = choose_in_each_fold(out);
  return out;
}

int SweepReport::left() const {
  return static_cast<int>(std::ranges::count_if(outcomes, [](const TrialOutcome& outcome) {
    return !outcome.result && outcome.error.empty();
  }));
}

Json SweepReport::json() const {
  Json table = Json::list();
  for (const SettingReport& setting : settings) {
    Json row =
        Json::object({{"setting", setting.setting + 1},
                      {"values", plan.settings[static_cast<std::size_t>(setting.setting)].values},
                      {"failed", setting.failed},
                      {"not_begun", setting.left}});
    if (setting.epochs > 0) row["epochs"] = setting.epochs;
    if (!setting.validation.empty()) row["validation"] = json_of(setting.validation);
    row["test"] = json_of(setting.test);
    if (setting.against_best) {
      row["best_minus_this"] = json_of(setting.against_best->difference);
      row["p"] = setting.against_best->p;
      row["p_holm"] = setting.p;
    }
    table.push_back(std::move(row));
  }
  Json trials = Json::list();
  for (const TrialOutcome& outcome : outcomes) trials.push_back(json_of(outcome));
  Json choice = Json::object({{"what", "nothing"}});
  if (chosen) {
    const SettingReport& best = settings.front();
    choice = Json::object({{"what", "setting"},
                           {"setting", best.setting + 1},
                           {"values", plan.settings[static_cast<std::size_t>(best.setting)].values},
                           {"by", plan.by},
                           {"rows", "validation"}});
    if (chosen_in_each_fold) choice["test_where_each_fold_chooses"] = json_of(*chosen_in_each_fold);
  }
  return Json::object({{"format", 1},
                       {"kind", plan.kind},
                       {"by", plan.by},
                       {"rows", rows},
                       {"chosen", std::move(choice)},
                       {"settings", std::move(table)},
                       {"trials", std::move(trials)}});
}

std::vector<Cells> SweepReport::table() const {
  const bool validation = rows == "validation";
  const bool halving = plan.kind == "halving";
  Cells head = {"setting"};
  if (halving) head.emplace_back("epochs");
  head.emplace_back("trials");
  if (validation) head.insert(head.end(), {"validation", "deviation", "95% interval"});
  head.insert(head.end(), {"test", "deviation", "95% interval"});
  if (settings.size() > 1) head.insert(head.end(), {"pairs", "p"});
  std::vector<Cells> out = {head};
  for (const SettingReport& setting : settings) {
    if (is_begun(setting)) out.push_back(row_of(*this, setting));
  }
  return out;
}

std::string SweepReport::text() const {
  const bool validation = rows == "validation";
  std::string out =
      fmt::format("{}: mean, standard deviation, 95% interval of the mean\n", plan.by) +
      table_text(table(), 1);
  const auto not_begun = std::ranges::count_if(
      settings, [](const SettingReport& setting) { return !is_begun(setting); });
  if (not_begun > 0)
    out += fmt::format("settings that were not begun: {}\n", human_count(not_begun));
  const auto compared = std::ranges::count_if(
      settings, [](const SettingReport& setting) { return setting.against_best.has_value(); });
  const bool tested = std::ranges::any_of(settings, [](const SettingReport& setting) {
    return setting.against_best && setting.against_best->difference.count > 1;
  });
  if (tested) {
    out += fmt::format(
        "p: the first setting against this one on {} rows, a paired t-test over seeds{}, corrected "
        "for {} (Holm)\n",
        rows, plan.folds > 0 ? " and folds" : "", compared);
  }
  if (chosen) {
    out += fmt::format(
        "chosen by {} of validation rows: {}\n", plan.by,
        text_of(plan.settings[static_cast<std::size_t>(settings.front().setting)].values));
  } else if (settings.size() > 1 && !validation) {
    out += "nothing is chosen: data.split gives no validation rows\n";
  } else if (settings.size() > 1) {
    out +=
        fmt::format("nothing is chosen: no setting's trials are all done and have a {}\n", plan.by);
  }
  if (chosen_in_each_fold) {
    Cells cells;
    add_cells(cells, &*chosen_in_each_fold);
    out += fmt::format(
        "where each fold chooses by its own validation rows: test {}, deviation {}, 95% interval "
        "{}\n",
        cells[0], cells[1], cells[2]);
  }
  return out;
}

}  // namespace gradus::experiment
