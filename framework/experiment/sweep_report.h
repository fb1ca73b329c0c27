#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/experiment/plan_table.h"
#include "framework/experiment/sweep.h"
#include "framework/train/statistics.h"

namespace gradus::experiment {

/// A setting's trials of as many epochs, together.
struct SettingReport {
  int setting = 0;
  int epochs = 0;  ///< of halving; else 0
  int failed = 0;
  int left = 0;                                                  ///< not begun
  std::vector<std::pair<std::string, Summary>> validation = {};  ///< by figure; empty: no such rows
  std::vector<std::pair<std::string, Summary>> test = {};
  /// The best setting against this one, over the seeds and folds that both have.
  std::optional<PairedTest> against_best = {};
  double p = 1;  ///< corrected for there being several

  bool whole() const { return failed == 0 && left == 0; }
  /// A figure of the trials' "validation" or "test" rows; null where they have none.
  const Summary* summary(std::string_view rows, std::string_view name) const;
};

/// What a sweep shows.
struct SweepReport {
  const SweepPlan& plan;
  std::vector<TrialOutcome> outcomes = {};
  std::string rows = {};  ///< "validation" or "test": that settings are compared on
  std::vector<SettingReport> settings = {};  ///< the best first
  bool chosen = false;                       ///< whether the first is chosen
  /// Where each fold's setting is chosen by that fold's validation rows alone: its test figures.
  std::optional<Summary> chosen_in_each_fold = {};
  int failed = 0;

  /// How many trials were not begun.
  int left() const;
  /// As in `sweep.json`.
  Json json() const;
  std::string text() const;
  /// Its table: the head, and a row for each setting, the first cell a text.
  std::vector<Cells> table() const;
};

/// Of all trials; `plan` must live as long.
SweepReport make_report(const SweepPlan& plan, std::vector<TrialOutcome> outcomes);

}  // namespace gradus::experiment
