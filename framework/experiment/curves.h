#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/experiment/report_page.h"
#include "framework/experiment/run_record.h"

namespace gradus::experiment {

/// How a figure went: points (x, y) with ascending x. What is not finite is left out.
struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

/// The curve of a key of metrics.jsonl over the epochs.
Curve epoch_curve(const RunRecord& record, const std::string& name, std::string_view key);

/// Curves over the same epochs. Of more than 1,000 epochs, means of equally many are shown.
ReportChart epoch_chart(const std::string& figure, const std::vector<Curve>& curves);

/// The loss by step. Of more than 500 steps, means of equally many are shown, with the lowest and
/// the highest.
ReportChart step_chart(const std::vector<StepPoint>& steps);

/// The figures that a run's epochs have on its training rows: "loss", its metrics, and what else
/// is not the same as these.
std::vector<std::string> epoch_figures(const RunRecord& record);

/// A run's curves: its figures by epoch, on training and validation rows, and its loss by step.
ReportSection curves_section(const RunRecord& record, const std::vector<StepPoint>& steps);

}  // namespace gradus::experiment
