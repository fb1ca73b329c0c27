#include "framework/experiment/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "framework/experiment/human.h"

namespace gradus::experiment {
namespace {

constexpr double kBetweenBars = 0.1;    // seconds
constexpr double kBetweenLines = 30.0;  // seconds
constexpr std::string_view kClear = "\r\x1b[K";

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = variable(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

int terminal_columns(int descriptor) {
  constexpr int kUsual = 80;
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

/// Characters, as far as each is one column wide.
int width(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string cut(std::string_view text, int columns) {
  std::size_t end = 0;
  for (int used = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (begins && ++used > columns) break;
  }
  return std::string(text.substr(0, end));
}

std::string number(double value) {
  const double size = std::abs(value);
  if (std::isfinite(value) && (size == 0 || (size >= 1e-3 && size < 1e4))) {
    return fmt::format("{:.4f}", value);
  }
  return fmt::format("{:.3e}", value);
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

/// "━━━━━───", in color where wanted.
std::string bar_of(double fraction, int columns, const ProgressStyle& style) {
  const int full = std::clamp(static_cast<int>(fraction * columns), 0, columns);
  const std::string done = repeated(style.unicode ? "━" : "#", full);
  const std::string rest = repeated(style.unicode ? "─" : "-", columns - full);
  if (!style.color) return done + rest;
  return fmt::format("\x1b[36m{}\x1b[2m{}\x1b[0m", done, rest);
}

}  // namespace

ProgressStyle progress_style(bool quiet) {
  ProgressStyle style;
  const std::string_view type = variable("TERM");
  const std::string_view ci = variable("CI");
  const bool logged = !ci.empty() && ci != "false";  // a log, also where it looks like a terminal
  const bool terminal = isatty(style.descriptor) == 1 && !type.empty() && type != "dumb" && !logged;
  style.kind = terminal ? ProgressStyle::Kind::bar : ProgressStyle::Kind::lines;
  if (quiet) style.kind = ProgressStyle::Kind::quiet;
  style.color = terminal && variable("NO_COLOR").empty();
  style.unicode = locale_is_utf8();
  return style;
}

Progress::Progress(ProgressStyle style) : style_(std::move(style)) {}

Progress::~Progress() {
  if (drawn_) show(std::string(kClear));
}

void Progress::start(std::int64_t total_examples) {
  total_ = total_examples;
  finished_ = 0;
  started_ = now();
}

void Progress::begin(std::string stage, std::int64_t examples) {
  stage_ = std::move(stage);
  examples_ = examples;
  done_ = 0;
  stage_started_ = now();
  shown_ = style_.kind == ProgressStyle::Kind::bar ? 0 : stage_started_;
}

void Progress::update(std::int64_t done, const Figures& figures) {
  done_ = done;
  if (style_.kind == ProgressStyle::Kind::quiet) return;
  const double time = now();
  const bool is_bar = style_.kind == ProgressStyle::Kind::bar;
  if (time - shown_ < (is_bar ? kBetweenBars : kBetweenLines)) return;
  shown_ = time;
  if (is_bar) {
    show(bar(figures, time));
    drawn_ = true;
  } else {
    show(fmt::format("{}: {:.0f}%", stage_,
                     100.0 * static_cast<double>(done_) / static_cast<double>(examples_)) +
         line(figures, time) + ", " + left(time) + " left\n");
  }
}

void Progress::end(const Figures& figures) {
  done_ = examples_;
  note(stage_ + ":" + line(figures, now()).substr(1));
  finished_ += examples_;
}

void Progress::note(std::string_view text) {
  if (style_.kind == ProgressStyle::Kind::quiet) return;
  show(fmt::format("{}{}\n", drawn_ ? kClear : "", text));
  drawn_ = false;
}

double Progress::now() const {
  if (style_.seconds) return style_.seconds();
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

std::string Progress::left(double time) const {
  const auto done = static_cast<double>(finished_ + done_);
  if (done <= 0) return "?";
  return human_seconds((static_cast<double>(std::max(total_, finished_ + examples_)) - done) /
                       done * (time - started_));
}

std::string Progress::line(const Figures& figures, double time) const {
  std::string out;
  for (const auto& [name, value] : figures) {
    out += fmt::format(", {} {}", name, number(value));
  }
  const double seconds = time - stage_started_;
  out += fmt::format(", {} examples in {}", human_count(done_), human_seconds(seconds));
  if (seconds > 0)
    out += fmt::format(" ({}/s)", human_quantity(static_cast<double>(done_) / seconds));
  return out;
}

std::string Progress::bar(const Figures& figures, double time) const {
  constexpr int kWidest = 30;
  constexpr int kNarrowest = 8;
  const double fraction =
      examples_ > 0 ? static_cast<double>(done_) / static_cast<double>(examples_) : 1.0;
  const std::string before = stage_ + " ";
  std::string after = fmt::format(" {:3.0f}%", 100 * fraction);
  for (const auto& [name, value] : figures) {
    after += fmt::format("  {} {}", name, number(value));
  }
  const double seconds = time - stage_started_;
  if (seconds > 0) {
    after += fmt::format("  {} examples/s", human_quantity(static_cast<double>(done_) / seconds));
  }
  after += fmt::format("  {} left", left(time));
  // One column stays free, so that no terminal wraps the line.
  const int columns =
      (style_.columns > 0 ? style_.columns : terminal_columns(style_.descriptor)) - 1;
  const int room = std::min(columns - width(before) - width(after), kWidest);
  if (room < kNarrowest) return fmt::format("\r{}\x1b[K", cut(stage_ + after, columns));
  return fmt::format("\r{}{}{}\x1b[K", before, bar_of(fraction, room, style_), after);
}

void Progress::show(const std::string& text) {
  // Progress is not worth failing for: what a closed or full standard error does not take is lost.
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t count = write(style_.descriptor, rest.data(), rest.size());
    if (count <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace gradus::experiment
