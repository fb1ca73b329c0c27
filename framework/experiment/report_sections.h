#pragma once

#include <span>
#include <vector>

#include "framework/data/encoded.h"
#include "framework/data/split.h"
#include "framework/experiment/experiment_model.h"
#include "framework/experiment/report_page.h"
#include "framework/experiment/run_record.h"

namespace gradus::experiment {

/// The rows of a run, and what its model predicts for the test's.
struct MeasuredRows {
  const Encoded& data;
  const Split& split;
  std::span<const float> predictions;
};

/// The model's figures beside those of the trivial baselines, and how its predictions spread.
ReportSection results_section(const RunRecord& record);

/// Test rows: predicted against true, calibration, and the error by how many training rows the
/// user and the item have.
std::vector<ReportSection> row_sections(const MeasuredRows& rows);

/// The best ten items for five users, spread evenly through the vocabulary. `rows`, where known,
/// say what a user has rated.
ReportSection rankings_section(const ExperimentModel& model, const MeasuredRows* rows);

/// The model's graph, from its columns to its predictions.
ReportSection model_section(const ExperimentModel& model);

/// What a profiled training took by node; else how it is profiled.
ReportSection time_section(RunRecord& record);

/// All keys of the config.
ReportSection config_section(const Json& config);

/// What the run was made by, and how long that took.
ReportSection machine_section(const Json& result);

}  // namespace gradus::experiment
