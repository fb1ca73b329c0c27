#include "tests/support.h"

#include <doctest/doctest.h>

namespace gradus::tests {
namespace {

/// Runs this very test program on one test, away from any MovieLens but the one in `folder`.
ProgramResult run_tests(const std::string& name, const TemporaryFolder& folder,
                        const std::optional<std::string>& ci = std::nullopt) {
  ProgramInput input;
  input.environment = {
      {"GRADUS_DATA", folder.path()}, {"XDG_CACHE_HOME", folder.path()}, {"CI", ci}};
  return run("/proc/self/exe", {name}, input);
}

}  // namespace

TEST_CASE("support: movielens() leads to the ratings") {
  const auto folder = movielens();
  if (!folder) return;
  CHECK(std::filesystem::is_regular_file(*folder / "u.data"));
}

TEST_CASE("support: without MovieLens a test that needs it is listed as skipped") {
  const TemporaryFolder empty;
  const ProgramResult result = run_tests("support: movielens()", empty);
  CHECK(result.exit_code == 0);
  CHECK(result.standard_output ==
        "skipped: support: movielens() leads to the ratings (no MovieLens 100K: set GRADUS_DATA to "
        "the folder "
        "that holds ml-100k, or run apps/fetch_movielens.sh)\n0 passed, 0 failed, 1 skipped\n");
}

TEST_CASE("support: without MovieLens a test that needs it fails in CI") {
  const TemporaryFolder empty;
  const ProgramResult result = run_tests("support: movielens()", empty, "true");
  CHECK(result.exit_code == 1);
  CHECK(result.standard_output.ends_with("\n0 passed, 1 failed, 0 skipped\n"));
}

TEST_CASE("support: a filter that matches no test fails, and one with a comma matches its test") {
  const TemporaryFolder folder;
  const ProgramResult none = run_tests("no test has this name", folder);
  CHECK(none.exit_code == 1);
  CHECK(none.standard_output == "no test matches the filter\n0 passed, 0 failed, 0 skipped\n");
  const ProgramResult one = run_tests("run() gives output, error", folder);
  CHECK(one.exit_code == 0);
  CHECK(one.standard_output == "1 passed, 0 failed, 0 skipped\n");
  const ProgramResult two =
      run("/proc/self/exe", {"run() gives output, error", "a temporary folder"});
  CHECK(two.standard_output == "2 passed, 0 failed, 0 skipped\n");
}

TEST_CASE(
    "support: run() gives output, error and exit code, and passes input, environment and folder") {
  const TemporaryFolder folder;
  ProgramInput input;
  input.standard_input = "in";
  input.environment = {{"GRADUS_TEST_VALUE", "set"}, {"HOME", std::nullopt}};
  input.working_folder = folder.path();
  const ProgramResult result =
      run("sh", {"-c", "cat; pwd; echo \"$GRADUS_TEST_VALUE ${HOME-unset}\" >&2; exit 3"}, input);
  CHECK(result.exit_code == 3);
  CHECK(result.standard_output == "in" + std::filesystem::canonical(folder.path()).string() + "\n");
  CHECK(result.standard_error == "set unset\n");
  CHECK(run("sh", {"-c", "kill -9 $$"}).exit_code == 128 + 9);
}

TEST_CASE("support: run() ends a program that takes too long") {
  ProgramInput input;
  input.timeout = std::chrono::seconds(0);
  CHECK_THROWS_WITH(run("sleep", {"60"}, input), "sleep did not end within 0 seconds");
}

TEST_CASE("support: a temporary folder goes with all that is in it") {
  std::filesystem::path path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    write_file(folder / "a/b.txt", "bytes");
    CHECK(read_file(folder / "a/b.txt") == "bytes");
  }
  CHECK(!std::filesystem::exists(path));
  CHECK_THROWS_WITH(read_file("/no/such/file"), "cannot read /no/such/file");
}

}  // namespace gradus::tests
