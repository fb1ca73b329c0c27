#pragma once

#include <filesystem>

#include "framework/experiment/catalogues.h"
#include "framework/experiment/report_sections.h"
#include "framework/experiment/sweep_report.h"

namespace gradus::experiment {

/// What a run's files say, and, where they are given, what its model and rows show. What cannot be
/// read is among the record's problems.
Report run_report(RunRecord& record, const ExperimentModel* model, const MeasuredRows* rows);

/// The report of a run directory: as much as can be read of it, its model and its data. Throws
/// Error where it is none.
Report run_report(const std::filesystem::path& run, const Catalogues& catalogues);

/// The report of a sweep in its folder, as far as its trials are done.
Report sweep_report(const SweepReport& sweep, const std::filesystem::path& folder);
Report sweep_report(const std::filesystem::path& folder, const Catalogues& catalogues);

/// Of whichever is in the folder.
Report report_of(const std::filesystem::path& folder, const Catalogues& catalogues);

/// Writes a report's page as report.html into its folder, and returns that file's name.
std::filesystem::path write_report(const Report& report, const std::filesystem::path& folder);

}  // namespace gradus::experiment
