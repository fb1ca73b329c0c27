#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "framework/experiment/progress.h"
#include "framework/experiment/shared_data.h"
#include "framework/experiment/stopwatch.h"
#include "framework/experiment/sweep_plan.h"

namespace gradus::experiment {

/// A trial, and what became of it.
struct TrialOutcome {
  Trial trial;
  std::string run;                  ///< its run directory, in the sweep's: "trials/001"
  std::optional<Json> result = {};  ///< what its `result.json` holds
  std::string error = {};           ///< why it failed; neither: it was not begun
};

/// A figure of a trial's "validation" or "test"; nothing where it has none.
std::optional<double> figure_of(const TrialOutcome& outcome, std::string_view rows,
                                std::string_view name);

/// Trains a sweep's trials into a folder, `trials/001` and so on, each an ordinary run directory.
/// Trials that are finished there already are read rather than trained.
class Sweep {
 public:
  /// The arguments must live as long. The plan's minutes are those of `watch`.
  Sweep(const SweepPlan& plan, std::filesystem::path folder, const Catalogues& catalogues,
        SharedData& data, Progress& progress, const Stopwatch& watch);

  /// Trains all that the plan asks for; what it gives has a trial once for each rung of halving
  /// that it reached.
  std::vector<TrialOutcome> run();
  /// The same of what is finished in the folder; trains nothing.
  std::vector<TrialOutcome> read();

 private:
  std::vector<TrialOutcome> run(const std::vector<int>& settings, int epochs);
  std::vector<TrialOutcome> run_halving();
  void run_all(std::vector<TrialOutcome>& outcomes);
  void run_one(TrialOutcome& outcome);
  std::int64_t at_once(std::int64_t trials) const;
  void note(const TrialOutcome& outcome, double seconds);

  const SweepPlan& plan_;
  std::filesystem::path folder_;
  const Catalogues& catalogues_;
  SharedData& data_;
  Progress& progress_;
  const Stopwatch& watch_;
  bool trains_ = true;
  std::mutex mutex_;        // of progress_ and done_
  std::int64_t begun_ = 0;  // trials that have got a folder's name
  std::int64_t done_ = 0;
};

}  // namespace gradus::experiment
