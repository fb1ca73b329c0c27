#include "framework/experiment/interrupt.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace gradus::experiment {
namespace {

/// What a process of its own ends with that does this; 0 where it comes to the end.
int exit_code(const std::function<void()>& body) {
  const pid_t process = fork();
  REQUIRE(process >= 0);
  if (process == 0) {
    const Interrupts interrupts;
    body();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(process, &status, 0) == process);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

TEST_CASE("a signal ends the process with its exit code where there is nothing to save") {
  CHECK(exit_code([] { raise(SIGINT); }) == 130);
  CHECK(exit_code([] { raise(SIGTERM); }) == 143);
  CHECK(exit_code([] {
          {
            const Interrupts::Noted noted;
          }
          raise(SIGTERM);
        }) == 143);
}

TEST_CASE("a first signal is noted, a second one ends the process") {
  const auto noted_code = [](int signal) {
    const Interrupts::Noted noted;
    check_interrupted();
    raise(signal);
    try {
      check_interrupted();
    } catch (const Interrupted& interrupted) {
      _exit(interrupted.exit_code() - 100);
    }
  };
  CHECK(exit_code([&] { noted_code(SIGINT); }) == 30);
  CHECK(exit_code([&] { noted_code(SIGTERM); }) == 43);
  CHECK(exit_code([] {
          const Interrupts::Noted noted;
          raise(SIGTERM);
          raise(SIGINT);
        }) == 130);
}

}  // namespace
}  // namespace gradus::experiment
