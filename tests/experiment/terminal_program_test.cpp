#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

/// A terminal of some columns; what is shown on it is kept.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) {
    winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    std::array<char, 256> name{};
    if (openpty(&master_, &slave_, name.data(), nullptr, &size) != 0) {
      throw std::runtime_error("no pseudo terminal; is /dev/pts there?");
    }
    name_ = name.data();
    reader_ = std::thread([this] {
      std::array<char, 4096> bytes{};
      for (;;) {
        const ssize_t count = read(master_, bytes.data(), bytes.size());
        if (count <= 0) return;  // closed on the other side
        shown_.append(bytes.data(), static_cast<std::size_t>(count));
      }
    });
  }
  ~Terminal() {
    if (reader_.joinable()) take();
    close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  const std::string& name() const { return name_; }
  /// All that was shown, once nobody writes any more.
  std::string take() {
    close(slave_);
    reader_.join();
    return shown_;
  }

 private:
  int master_ = -1;
  int slave_ = -1;
  std::string name_;
  std::string shown_;
  std::thread reader_;
};

using Environment = std::map<std::string, std::optional<std::string>>;

/// What a short training shows on a terminal: each epoch's bar is drawn at least once.
std::string shown(const Environment& changes, const std::string& more = "",
                  unsigned short columns = 130) {
  const SmallExperiment experiment;
  Terminal terminal(columns);
  Environment environment = {{"gradus", GRADUS_PROGRAM},
                             {"TERM", "xterm"},
                             {"CI", std::nullopt},
                             {"NO_COLOR", std::nullopt},
                             {"LC_ALL", "C.UTF-8"}};
  for (const auto& [name, value] : changes) environment[name] = value;
  const ProgramResult result =
      run("sh",
          {"-c", "\"$gradus\" train experiment.json --output run --set training.epochs=3 " + more +
                     " 2>" + terminal.name()},
          {.environment = environment, .working_folder = experiment.path()});
  CHECK(result.exit_code == 0);
  return terminal.take();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Plain lines: no control characters but the ends of lines.
void check_plain(const std::string& text) {
  CHECK(has(text, "epoch 1/3: loss "));
  CHECK(has(text, "epoch 3/3: loss "));
  CHECK_FALSE(has(text, "\x1b"));
  CHECK_FALSE(has(text, "%"));
  // The terminal itself makes "\r\n" of an end of line.
  for (std::size_t at = text.find('\r'); at != std::string::npos; at = text.find('\r', at + 1)) {
    CHECK(text.substr(at, 2) == "\r\n");
  }
}

TEST_CASE("program: a terminal gets a bar that fits it, in color, and lines that stay") {
  const std::string text = shown({});
  CHECK(has(text, "\repoch 1/3 \x1b[36m"));
  CHECK(has(text, "───"));
  CHECK(has(text, " examples/s  "));
  CHECK(has(text, " left\x1b[K"));
  CHECK(has(text, "\r\x1b[Kepoch 1/3: loss "));
  const std::string narrow = shown({{"NO_COLOR", "1"}}, "", 40);
  std::size_t drawn = 0;
  for (std::size_t at = narrow.find("\repoch "); at != std::string::npos;
       at = narrow.find("\repoch ", at + 1)) {
    const std::size_t end = narrow.find("\x1b[K", at);
    REQUIRE(end != std::string::npos);
    CHECK(end - at <= 40);
    ++drawn;
  }
  CHECK(drawn > 0);
}

TEST_CASE("program: NO_COLOR leaves the bar without color") {
  const std::string text = shown({{"NO_COLOR", "1"}});
  CHECK(has(text, "\repoch 1/3 "));
  CHECK_FALSE(has(text, "\x1b[3"));
  CHECK(has(shown({{"NO_COLOR", ""}}), "\x1b[36m"));  // empty: not set
}

TEST_CASE("program: a bar needs no UTF-8") {
  const std::string text = shown({{"LC_ALL", "C"}, {"NO_COLOR", "1"}});
  CHECK_FALSE(has(text, "─"));
  CHECK(has(text, "---"));
}

TEST_CASE("program: CI and terminals that can do nothing get plain lines") {
  check_plain(shown({{"CI", "true"}}));
  check_plain(shown({{"TERM", "dumb"}}));
  check_plain(shown({{"TERM", std::nullopt}}));
  CHECK(has(shown({{"CI", "false"}}), "\repoch 1/3 "));
}

TEST_CASE("program: a log file gets plain lines, with --quiet nothing is said") {
  const SmallExperiment experiment;
  const ProgramResult log = experiment.gradus({"train", "experiment.json", "--output", "a"});
  CHECK(log.exit_code == 0);
  CHECK(has(log.standard_error, "epoch 2/2: loss "));
  CHECK_FALSE(has(log.standard_error, "\r"));
  CHECK_FALSE(has(log.standard_error, "\x1b"));
  const ProgramResult quiet =
      experiment.gradus({"train", "experiment.json", "--output", "b", "--quiet"});
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.standard_error == "");
  CHECK(has(quiet.standard_output, "root_mean_squared_error"));
  CHECK(shown({}, "--quiet") == "");
}

}  // namespace
}  // namespace gradus::tests
