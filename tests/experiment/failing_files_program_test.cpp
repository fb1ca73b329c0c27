#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "tests/experiment/resumable_experiment.h"

#ifdef GRADUS_FAILING_FILES

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// Trains into the folder `run` with the preloaded library's fault at the call of that number.
ProgramResult train(const ResumableExperiment& experiment, const std::string& how, int call) {
  fs::remove_all(experiment / "run");
  fs::remove(experiment / "mark");
  const std::string folder = (experiment.path() / "run").string();
  return run_gradus(experiment.command(folder),
                    {.environment = {{"LD_PRELOAD", GRADUS_FAILING_FILES},
                                     {"FAILING_FOLDER", folder},
                                     {"FAILING_CALL", std::to_string(call)},
                                     {"FAILING_HOW", how},
                                     {"FAILING_MARK", (experiment.path() / "mark").string()}},
                     .working_folder = experiment.path()});
}

bool happened(const ResumableExperiment& experiment) { return fs::exists(experiment / "mark"); }

/// What is left goes on to the end, from the newest checkpoint that there is.
void check_goes_on(const ResumableExperiment& experiment) {
  const ProgramResult rest = experiment.gradus(experiment.command("run"));
  INFO(rest.standard_error);
  CHECK(rest.exit_code == 0);
  CHECK(rest.standard_error.find("is tried") == std::string::npos);
  experiment.check_whole("run");
}

/// Lets each call fail in turn, or some of them, until there are no more. How many there are.
int check_failures(const ResumableExperiment& experiment, const std::string& how, int each = 1) {
  int call = 1;
  for (;; call += each) {
    CAPTURE(how);
    CAPTURE(call);
    const ProgramResult result = train(experiment, how, call);
    INFO(result.standard_error);
    if (!happened(experiment)) {
      CHECK(result.exit_code == 0);
      return call - 1;
    }
    check_failure(result, 1, {(experiment.path() / "run").string()});
    check_goes_on(experiment);
  }
}

TEST_CASE("program: each write that fails is told by its file, and the training can go on") {
  const ResumableExperiment experiment(2);
  const int calls = check_failures(experiment, "once " + std::to_string(ENOSPC));
  CHECK(calls > 100);
}

TEST_CASE("program: a disk that is full, read-only or gone is told by its file") {
  const ResumableExperiment experiment(2);
  constexpr int kEach = 7;
  check_failures(experiment, "from " + std::to_string(ENOSPC), kEach);
  check_failures(experiment, "from " + std::to_string(EROFS), kEach);
  check_failures(experiment, "from " + std::to_string(EIO), kEach);
}

TEST_CASE("program: killed before each change of a file, it goes on to the same bits and logs") {
  const ResumableExperiment experiment(2);
  int call = 1;
  for (;; ++call) {
    CAPTURE(call);
    const ProgramResult result = train(experiment, "kill", call);
    INFO(result.standard_error);
    if (!happened(experiment)) break;
    CHECK(result.exit_code == 128 + SIGKILL);
    check_goes_on(experiment);
  }
  CHECK(call > 100);
}

TEST_CASE("program: a short write is gone on with") {
  const ResumableExperiment experiment(2);
  int call = 1;
  for (;; ++call) {
    CAPTURE(call);
    const ProgramResult result = train(experiment, "short", call);
    INFO(result.standard_error);
    CHECK(result.exit_code == 0);
    experiment.check_whole("run");
    if (!happened(experiment)) break;
  }
  CHECK(call > 100);
}

}  // namespace
}  // namespace gradus::tests

#else

TEST_CASE("program: each write that fails is told by its file, and the training can go on") {
  gradus::tests::skip("a sanitizer's library must come before any that is preloaded");
}

#endif
