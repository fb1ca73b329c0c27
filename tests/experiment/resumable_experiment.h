#pragma once

#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"

namespace gradus::tests {

/// A small experiment with validation rows, early stopping that watches them, and a checkpoint each
/// three steps, whose runs are compared with one that nothing broke off, in the folder `whole`.
class ResumableExperiment : public SmallExperiment {
 public:
  explicit ResumableExperiment(int epochs);

  /// "train experiment.json --resume --output RUN", with the settings: begins, or goes on.
  std::vector<std::string> command(const std::string& run) const;
  /// Checks that the run is the whole one: model and logs, less their times, and the result.
  void check_whole(const std::string& run) const;

 private:
  std::vector<std::string> settings_;
};

}  // namespace gradus::tests
