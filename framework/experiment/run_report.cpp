#include "framework/experiment/run_report.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "framework/core/error.h"
#include "framework/experiment/curves.h"
#include "framework/experiment/evaluation.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/sweep_command.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

std::string count_text(const std::optional<double>& count) {
  return count ? human_count(static_cast<std::int64_t>(*count)) : "-";
}

/// "finished: 3 of 3 epochs, 80,000 training and 20,000 test rows of movielens_100k".
std::string state_text(const RunRecord& record) {
  std::string out(record.state_name());
  const auto asked =
      record.config ? number_at(*record.config, {"training", "epochs"}) : std::nullopt;
  out += fmt::format(": {}{} epochs", record.epochs.size(),
                     asked ? " of " + count_text(asked) : std::string());
  if (!record.epochs.empty()) {
    out += fmt::format(", {} training rows",
                       count_text(number_at(record.epochs.front(), {"examples"})));
  }
  if (record.result) {
    out += fmt::format(", {} test rows", count_text(number_at(*record.result, {"test", "rows"})));
  }
  const Json* source = record.config ? value_at(*record.config, {"data", "source"}) : nullptr;
  const auto* name = source ? source->get_if<std::string>() : nullptr;
  return name ? fmt::format("{}, {}", out, *name) : out;
}

void add_figures(Report& report, const Json& result) {
  const Json* test = result.find("test");
  const auto* figures = test ? test->get_if<Json::Object>() : nullptr;
  if (figures != nullptr && !figures->empty()) {
    const std::string& name = figures->front().first;
    std::string beside;
    const Json* baselines = result.find("baselines");
    if (baselines != nullptr && baselines->get_if<Json::Object>()) {
      for (const auto& [baseline, of] : baselines->members()) {
        const auto figure = number_at(of, {name});
        if (figure)
          beside +=
              fmt::format("{}{} {}", beside.empty() ? "" : ", ", baseline, human_figure(*figure));
      }
    }
    const auto figure = number_at(result, {"test", name});
    report.figures.push_back({"test " + name, figure ? human_figure(*figure) : "-", beside});
  }
  if (const auto order = number_at(result, {"spread", "order_correlation"})) {
    report.figures.push_back(
        {"order correlation", human_figure(*order), "1: everybody gets the same list"});
  }
  if (const auto deviation = number_at(result, {"spread", "prediction_standard_deviation"})) {
    report.figures.push_back(
        {"predictions' standard deviation", human_figure(*deviation), "0: a constant"});
  }
  report.figures.push_back({"parameters", count_text(number_at(result, {"parameters"}))});
  if (const auto seconds = number_at(result, {"seconds", "total"})) {
    const auto training = number_at(result, {"seconds", "training"});
    report.figures.push_back({"time", human_seconds(*seconds),
                              training ? human_seconds(*training) + " of it training" : ""});
  }
}

/// Whether the rows are those that the result was measured on. Another build may round otherwise.
bool agree(const Json& result, const Evaluation& evaluation) {
  constexpr double kRounding = 1e-3;
  const auto loss = number_at(result, {"test", "loss"});
  const auto rows = number_at(result, {"test", "rows"});
  return (!rows || *rows == static_cast<double>(evaluation.predictions.size())) &&
         (!loss || std::abs(*loss - evaluation.losses.loss) <= kRounding * std::abs(*loss));
}

}  // namespace

Report run_report(RunRecord& record, const ExperimentModel* model, const MeasuredRows* rows) {
  Report out{.title = record.name(), .lead = {record.folder.string(), state_text(record)}};
  const std::vector<StepPoint> steps = read_steps(record);
  if (record.result) add_figures(out, *record.result);
  out.sections.push_back(results_section(record));
  out.sections.push_back(curves_section(record, steps));
  if (rows != nullptr) {
    for (ReportSection& section : row_sections(*rows)) out.sections.push_back(std::move(section));
  }
  if (model != nullptr) {
    out.sections.push_back(rankings_section(*model, rows));
    out.sections.push_back(model_section(*model));
  }
  out.sections.push_back(time_section(record));
  if (record.config) out.sections.push_back(config_section(*record.config));
  if (record.result) out.sections.push_back(machine_section(*record.result));
  if (!record.error.empty()) out.problems.push_back("The training failed: " + record.error);
  if (record.state == RunRecord::State::unfinished) {
    out.problems.push_back(
        "The training did not come to its end, or goes on. If nothing trains in it, to go on: " +
        resume_command(record.folder));
  }
  out.problems.insert(out.problems.end(), record.problems.begin(), record.problems.end());
  return out;
}

Report run_report(const fs::path& run, const Catalogues& catalogues) {
  RunRecord record = read_run(run);
  if (!record.result) return run_report(record, nullptr, nullptr);
  std::optional<ExperimentModel> model;
  try {
    model = load_model(run, catalogues);
    const Table table = read_table(model->config);
    const Split split = split_rows(model->config, table);
    const Encoded data = model->encode(table);
    const Evaluation evaluation = evaluate_rows(*model, data, split.test);
    if (!agree(*record.result, evaluation)) {
      record.problems.emplace_back(
          "The data are not those that the result was measured on: what is shown of test rows is "
          "of "
          "the data as they are now.");
    }
    const MeasuredRows rows{.data = data, .split = split, .predictions = evaluation.predictions};
    return run_report(record, &*model, &rows);
  } catch (const Error& error) {
    record.problems.push_back(fmt::format(
        "{} is left out: {}",
        model ? "What the test rows show" : "What the model and the test rows show", error.what()));
  }
  return run_report(record, model ? &*model : nullptr, nullptr);
}

Report report_of(const fs::path& folder, const Catalogues& catalogues) {
  return is_sweep_folder(folder) ? sweep_report(folder, catalogues)
                                 : run_report(folder, catalogues);
}

fs::path write_report(const Report& report, const fs::path& folder) {
  fs::path file = folder / kRunReport;
  write_file(file, page_of(report));
  return file;
}

}  // namespace gradus::experiment
