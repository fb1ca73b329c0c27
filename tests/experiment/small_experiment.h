#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support.h"

namespace gradus::tests {

/// A folder with a small experiment of its own, `ratings.csv` (200 ratings, 17 users, 23 films) and
/// `experiment.json`, in which the program is run. Training takes some 50 ms.
class SmallExperiment {
 public:
  SmallExperiment();

  std::filesystem::path operator/(const std::filesystem::path& name) const {
    return folder_ / name;
  }
  const std::filesystem::path& path() const { return folder_.path(); }

  /// Runs `gradus` in the folder.
  ProgramResult gradus(const std::vector<std::string>& arguments,
                       const std::string& standard_input = "") const;
  /// Trains experiment.json with these settings into the folder `run`; that must succeed.
  void train(const std::vector<std::string>& settings = {}, const std::string& run = "run") const;
  /// `gradus train experiment.json --output run --set …`, whatever comes of it.
  ProgramResult try_train(const std::vector<std::string>& settings) const;
  /// How many files and folders there are.
  int entries(const std::filesystem::path& name = "") const;

 private:
  TemporaryFolder folder_;
};

/// What the failed program must have said: nothing on standard output; on standard error one
/// message, "gradus: …" with all of `texts` in it, after at most some lines of progress.
void check_failure(const ProgramResult& result, int exit_code,
                   const std::vector<std::string>& texts);

/// Checks a failure, and that the folder has nothing but what it began with.
void check_refused(const SmallExperiment& experiment, const ProgramResult& result, int exit_code,
                   const std::vector<std::string>& texts);

}  // namespace gradus::tests
