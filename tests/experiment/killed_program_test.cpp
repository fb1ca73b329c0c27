#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <random>
#include <string>
#include <thread>

#include "tests/experiment/resumable_experiment.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

constexpr int kKilled = 128 + SIGKILL;

std::int64_t lines_of(const fs::path& file) {
  if (!fs::exists(file)) return 0;
  const std::string text = read_file(file);
  return std::count(text.begin(), text.end(), '\n');
}

/// Begins the training in `run`, or goes on with it, and sends it a signal at a random moment: in
/// one of four cases soon after its start; else once its log is longer than it ever was
/// before, which no busy machine keeps from coming.
ProgramResult disturb(const ResumableExperiment& experiment, const std::string& threads, int signal,
                      std::mt19937& random) {
  constexpr std::int64_t kMostSteps = 30;
  constexpr long kLongest = 60'000;  // microseconds, in which it starts where nothing is slow
  constexpr long kPause = 3'000;
  const auto draw = [&random](long least, long most) {
    return std::uniform_int_distribution<long>(least, most)(random);
  };
  std::vector<std::string> command = experiment.command("run");
  command.insert(command.end(), {"--threads", threads});
  const fs::path log = experiment / "run" / "steps.jsonl";
  const std::int64_t enough = lines_of(log) + draw(1, kMostSteps);
  const bool at_start = draw(1, 4) == 1;
  RunningProgram program(GRADUS_PROGRAM, command, {.working_folder = experiment.path()});
  if (!at_start && !program.wait_until([&] { return lines_of(log) >= enough; })) {
    return program.wait();
  }
  std::this_thread::sleep_for(std::chrono::microseconds(draw(0, at_start ? kLongest : kPause)));
  program.signal(signal);
  return program.wait();
}

#ifdef GRADUS_FAILING_FILES
constexpr int kKills = 200;
constexpr int kSaves = 40;
#else
constexpr int kKills = 20;  // a sanitizer makes all slow
constexpr int kSaves = 8;
#endif

TEST_CASE("program: killed 200 times while training, gone on with to the same bits and logs") {
  const ResumableExperiment experiment(20);
  std::mt19937 random(1);
  int kills = 0;
  int trainings = 0;
  int with_checkpoint = 0;
  while (with_checkpoint < kKills) {
    REQUIRE(trainings < 10 * kKills);
    fs::remove_all(experiment / "run");
    for (;;) {
      const std::string threads = std::to_string(1 + random() % 3);
      const ProgramResult result = disturb(experiment, threads, SIGKILL, random);
      INFO(result.standard_error);
      REQUIRE((result.exit_code == 0 || result.exit_code == kKilled));
      if (result.exit_code == 0) break;
      ++kills;
      if (fs::exists(experiment / "run" / "checkpoint")) ++with_checkpoint;
    }
    ++trainings;
    experiment.check_whole("run");
  }
  MESSAGE(kills, " kills in ", trainings, " trainings, ", with_checkpoint, " with a checkpoint");
}

/// The command that a training says goes on with it, as a shell runs it.
ProgramResult run_in_shell(const ResumableExperiment& experiment, const std::string& command) {
  const std::string path = fs::path(GRADUS_PROGRAM).parent_path().string() + ":/usr/bin:/bin";
  return run("sh", {"-c", command},
             {.environment = {{"PATH", path}}, .working_folder = experiment.path()});
}

TEST_CASE("program: Ctrl-C and SIGTERM save, and the command that is said goes on") {
  const ResumableExperiment experiment(40);
  std::mt19937 random(2);
  const std::string said = "gradus train --resume --output run\n";
  int saved = 0;
  for (int training = 0; saved < kSaves; ++training) {
    REQUIRE(training < 10 * kSaves);
    const int signal = training % 2 == 0 ? SIGINT : SIGTERM;
    CAPTURE(signal);
    fs::remove_all(experiment / "run");
    for (;;) {
      const ProgramResult result = disturb(experiment, "2", signal, random);
      INFO(result.standard_error);
      // At once where no step was done; while the program starts, the system does that.
      REQUIRE((result.exit_code == 0 || result.exit_code == 128 + signal));
      if (result.exit_code == 0) break;
      // Or at once while the program ends: then all is written, and going on says so.
      CHECK((result.standard_output == "" || fs::exists(experiment / "run" / "result.json")));
      if (result.standard_error.find("\ngradus: stopped by ") == std::string::npos) continue;
      ++saved;
      CHECK(result.standard_error.ends_with(std::string("gradus: stopped by ") +
                                            (signal == SIGINT ? "Ctrl-C" : "SIGTERM") +
                                            ", and saved; to go on:\n  " + said));
      CHECK(fs::exists(experiment / "run" / "checkpoint"));
      if (training % 3 != 0) continue;  // else by that very command, to the end
      const ProgramResult rest = run_in_shell(experiment, said);
      INFO(rest.standard_error);
      CHECK(rest.exit_code == 0);
    }
    experiment.check_whole("run");
  }
}

}  // namespace
}  // namespace gradus::tests
