#include "tests/support.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>

#include "tests/skipped.h"

extern char** environ;

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

/// This process's environment with the changes, as "NAME=value".
std::vector<std::string> changed_environment(const ProgramInput& input) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (input.environment.count(std::string(text.substr(0, text.find('=')))) == 0) {
      variables.emplace_back(text);
    }
  }
  for (const auto& [name, value] : input.environment) {
    if (value) variables.push_back(name + "=" + *value);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result(strings.size() + 1, nullptr);
  for (std::size_t i = 0; i < strings.size(); ++i) result[i] = strings[i].data();
  return result;
}

[[noreturn]] void fail_in_time(const fs::path& program, std::chrono::seconds timeout) {
  throw std::runtime_error(program.string() + " did not end within " +
                           std::to_string(timeout.count()) + " seconds");
}

/// Whether the process has ended; it can still be waited for.
bool has_ended(pid_t process) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid != 0;
}

/// Waits for the process to end; kills it when the time is over.
int wait_for(pid_t process, const fs::path& program, std::chrono::seconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  int status = 0;
  pid_t ended = 0;
  while ((ended = waitpid(process, &status, WNOHANG)) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      kill(process, SIGKILL);
      waitpid(process, &status, 0);
      fail_in_time(program, timeout);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (ended < 0) throw std::system_error(errno, std::generic_category(), program.string());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::optional<std::string>& skipped_because() {
  static std::optional<std::string> reason;
  return reason;
}

fs::path source_folder() { return GRADUS_SOURCE_DIR; }

fs::path golden() {
  if (const auto folder = environment_variable("GRADUS_GOLDEN")) return *folder;
  return source_folder() / "tests" / "golden";
}

void skip(const std::string& why) { skipped_because() = why; }

std::optional<fs::path> movielens() {
  const auto data = environment_variable("GRADUS_DATA");
  std::vector<fs::path> places;
  if (data) places.push_back(fs::path(*data) / "ml-100k");
  if (const auto cache = environment_variable("XDG_CACHE_HOME")) {
    places.push_back(fs::path(*cache) / "gradus" / "ml-100k");
  } else if (const auto home = environment_variable("HOME")) {
    places.push_back(fs::path(*home) / ".cache" / "gradus" / "ml-100k");
  }
  for (const fs::path& place : places) {
    if (fs::exists(place / "u.data")) return place;
  }
  if (data && environment_variable("CI") == "true") {
    FAIL_CHECK("this test needs MovieLens 100K, and GRADUS_DATA=" << *data
                                                                  << " holds no ml-100k/u.data");
  }
  skip(
      "no MovieLens 100K: set GRADUS_DATA to the folder that holds ml-100k, or run "
      "apps/fetch_movielens.sh");
  return std::nullopt;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "gradus-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) throw std::runtime_error("cannot read " + file.string());
  return bytes;
}

void write_file(const fs::path& file, const std::string& bytes) {
  if (file.has_parent_path()) fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + file.string());
}

RunningProgram::RunningProgram(const fs::path& program, const std::vector<std::string>& arguments,
                               const ProgramInput& input)
    : program_(program), timeout_(input.timeout) {
  write_file(folder_ / "input", input.standard_input);
  std::vector<std::string> words = {program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = changed_environment(input);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 0, (folder_ / "input").c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, (folder_ / "output").c_str(), kWrite, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "error").c_str(), kWrite, 0600);
  if (!input.working_folder.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, input.working_folder.c_str());
  }
  const int error = posix_spawnp(&process_, program.c_str(), &actions, nullptr,
                                 pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), program.string());
}

RunningProgram::~RunningProgram() {
  if (ended_) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

void RunningProgram::signal(int number) const { kill(process_, number); }

bool RunningProgram::wait_until(const std::function<bool()>& condition) const {
  const auto end = std::chrono::steady_clock::now() + timeout_;
  while (!condition()) {
    if (has_ended(process_)) return condition();
    if (std::chrono::steady_clock::now() > end) fail_in_time(program_, timeout_);
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  return true;
}

std::string RunningProgram::standard_error() const {
  return fs::exists(folder_ / "error") ? read_file(folder_ / "error") : "";
}

ProgramResult RunningProgram::wait() {
  ProgramResult result;
  ended_ = true;  // wait_for kills it where the time is over
  result.exit_code = wait_for(process_, program_, timeout_);
  result.standard_output = read_file(folder_ / "output");
  result.standard_error = read_file(folder_ / "error");
  return result;
}

ProgramResult run(const fs::path& program, const std::vector<std::string>& arguments,
                  const ProgramInput& input) {
  return RunningProgram(program, arguments, input).wait();
}

ProgramResult run_gradus(const std::vector<std::string>& arguments, const ProgramInput& input) {
  return run(GRADUS_PROGRAM, arguments, input);
}

}  // namespace gradus::tests
