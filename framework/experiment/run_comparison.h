#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/experiment/catalogues.h"
#include "framework/experiment/config_table.h"
#include "framework/experiment/report_page.h"
#include "framework/experiment/run_record.h"
#include "framework/train/statistics.h"

namespace gradus::experiment {

/// A run that is compared: itself, or of a sweep its best setting.
struct ComparedRun {
  std::string name;  ///< as it was asked for
  RunRecord record;  ///< of a sweep, its best setting's first trial
  Json config;       ///< of a sweep, also its `sweep`
  /// By figure ("test loss"), then by seed and fold.
  std::vector<std::pair<std::string, std::map<std::pair<std::int64_t, int>, double>>> figures;
};

/// A figure of all runs.
struct ComparedFigure {
  std::string name;
  std::vector<std::optional<Summary>> values;      ///< of each run
  std::vector<std::optional<PairedTest>> against;  ///< each run less the first
  std::vector<bool> paired;                        ///< whether by the same seeds and folds
};

/// An item that is among the best of a user in one of two runs; its place in each, from 1, 0 where
/// the run does not know it.
struct MovedItem {
  std::string item;
  std::int64_t first = 0;
  std::int64_t other = 0;
};

/// A user's best items in two runs.
struct ComparedUser {
  std::string user;
  std::int64_t common = 0;  ///< items that are among the best ten of both
  std::vector<MovedItem> items;
};

/// The best items in a run and in the first.
struct ComparedRankings {
  std::string run;
  std::string problem = {};  ///< why they cannot be compared, "" where they can
  std::int64_t users = 0;
  double common = 0;  ///< the mean over these users
  std::vector<ComparedUser> examples = {};
};

/// What differs between runs; all are held against the first.
struct RunComparison {
  std::vector<ComparedRun> runs;
  std::vector<ConfigDifference> config;
  std::vector<ComparedFigure> figures;
  std::vector<ComparedRankings> rankings;  ///< of each run but the first
  std::vector<std::string> notes;          ///< what cannot be compared, and what was not read

  Json json() const;
  std::string text() const;
  Report report() const;
};

/// Reads and compares runs and sweeps. Throws Error where one of them is neither.
RunComparison compare_runs(const std::vector<std::string>& folders, const Catalogues& catalogues);

}  // namespace gradus::experiment
