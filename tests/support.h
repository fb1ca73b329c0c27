#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What tests share: where reference values and data are, skipping, a temporary folder, running the
/// program.
namespace gradus::tests {

/// The root of the source tree.
std::filesystem::path source_folder();

/// The folder of the reference values: $GRADUS_GOLDEN, else tests/golden.
std::filesystem::path golden();

/// Records that the running test is skipped, and why; it is then listed by name after the run. The
/// test returns right after: `skip("no such device"); return;`.
void skip(const std::string& why);

/// The folder with MovieLens 100K (u.data, u.item, u.user), looked for as the program does:
/// $GRADUS_DATA/ml-100k, then the cache folder. Where it is absent, the running test is recorded as
/// skipped and returns: `const auto folder = movielens(); if (!folder) return;`. With CI=true and
/// GRADUS_DATA set, that is a failure.
std::optional<std::filesystem::path> movielens();

/// A folder of its own for a test, removed with all that is in it when this goes out of scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// The bytes of a file; throws std::runtime_error naming it when it cannot be read.
std::string read_file(const std::filesystem::path& file);

/// Writes the bytes, and the folders above the file where they are missing.
void write_file(const std::filesystem::path& file, const std::string& bytes);

/// What a program gets beside its arguments.
struct ProgramInput {
  std::string standard_input = {};
  /// Added to this process's environment; std::nullopt removes a variable.
  std::map<std::string, std::optional<std::string>> environment = {};
  std::filesystem::path working_folder = {};
  /// The program is killed after this, and std::runtime_error thrown.
  std::chrono::seconds timeout = std::chrono::minutes(15);
};

/// What a program left.
struct ProgramResult {
  /// The exit code, or 128 + the signal's number where a signal ended it.
  int exit_code = 0;
  std::string standard_output;
  std::string standard_error;
};

/// A program that runs beside the test; it is killed when this goes out of scope.
class RunningProgram {
 public:
  /// A name is looked for in PATH.
  RunningProgram(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                 const ProgramInput& input = {});
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  int process() const { return process_; }
  void signal(int number) const;
  /// Waits until the condition holds, or the program has ended: whether it held before. Throws
  /// std::runtime_error where neither happens in time.
  bool wait_until(const std::function<bool()>& condition) const;
  /// What it has said on standard error so far.
  std::string standard_error() const;
  /// What it leaves, once it has ended.
  ProgramResult wait();

 private:
  TemporaryFolder folder_;
  std::filesystem::path program_;
  std::chrono::seconds timeout_;
  int process_ = 0;
  bool ended_ = false;
};

/// Runs a program (a name is looked for in PATH) to its end.
ProgramResult run(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                  const ProgramInput& input = {});

/// Runs the `gradus` of this build.
ProgramResult run_gradus(const std::vector<std::string>& arguments, const ProgramInput& input = {});

}  // namespace gradus::tests
