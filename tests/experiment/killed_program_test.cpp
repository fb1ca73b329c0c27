#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <random>
#include <string>
#include <thread>

#include "tests/experiment/resumable_experiment.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

constexpr int kKilled = 128 + SIGKILL;

/// How long a training takes that nothing breaks off.
std::chrono::microseconds duration(const ResumableExperiment& experiment) {
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(experiment.gradus(experiment.command("timed")).exit_code == 0);
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

/// Sends a running training the signal at a random moment of so long a time.
ProgramResult disturb(const ResumableExperiment& experiment, const std::string& threads, int signal,
                      std::chrono::microseconds longest, std::mt19937& random) {
  std::vector<std::string> command = experiment.command("run");
  command.insert(command.end(), {"--threads", threads});
  RunningProgram program(GRADUS_PROGRAM, command, {.working_folder = experiment.path()});
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution<long>(0, longest.count())(random)));
  program.signal(signal);
  return program.wait();
}

TEST_CASE("program: killed 200 times while training, gone on with to the same bits and logs") {
#ifdef GRADUS_FAILING_FILES
  constexpr int kKills = 200;
#else
  constexpr int kKills = 20;  // a sanitizer makes all slow
#endif
  const ResumableExperiment experiment(20);
  const auto longest = duration(experiment);
  std::mt19937 random(1);
  int kills = 0;
  int trainings = 0;
  int with_checkpoint = 0;
  while (kills < kKills) {
    fs::remove_all(experiment / "run");
    for (;;) {
      const std::string threads = std::to_string(1 + random() % 3);
      const ProgramResult result = disturb(experiment, threads, SIGKILL, longest, random);
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
  CHECK(with_checkpoint >= kKills / 4);
}

TEST_CASE("program: Ctrl-C and SIGTERM save, and the command that is said goes on") {
  const ResumableExperiment experiment(40);
  const auto longest = duration(experiment);
  std::mt19937 random(2);
  const std::string said = "gradus train --resume --output run\n";
  int saved = 0;
  for (int training = 0; training < 12; ++training) {
    const int signal = training % 2 == 0 ? SIGINT : SIGTERM;
    CAPTURE(signal);
    fs::remove_all(experiment / "run");
    for (;;) {
      const ProgramResult result = disturb(experiment, "2", signal, longest, random);
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
      const std::string path = fs::path(GRADUS_PROGRAM).parent_path().string() + ":/usr/bin:/bin";
      const ProgramResult rest =
          run("sh", {"-c", said},
              {.environment = {{"PATH", path}}, .working_folder = experiment.path()});
      INFO(rest.standard_error);
      CHECK(rest.exit_code == 0);
    }
    experiment.check_whole("run");
  }
  CHECK(saved >= 6);
}

}  // namespace
}  // namespace gradus::tests
