#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "framework/train/evaluator.h"

namespace gradus::experiment {

/// Where and how progress is shown.
struct ProgressStyle {
  enum class Kind : std::uint8_t {
    bar,    ///< one line of a terminal, drawn again some ten times a second
    lines,  ///< a plain line a stage, and every half minute of a long one
    quiet   ///< nothing
  };
  Kind kind = Kind::lines;
  bool color = false;
  bool unicode = false;
  int descriptor = 2;
  int columns = 0;                       ///< of the terminal; 0 asks it at each drawing
  std::function<double()> seconds = {};  ///< a clock; none is the steady clock
};

/// What suits standard error: a bar on a terminal (TERM is set, and not "dumb"), plain lines
/// elsewhere, and where CI is set; no color where NO_COLOR is set.
ProgressStyle progress_style(bool quiet);

/// Shows how far work has come: stages one after the other, each with its examples, figures, rate
/// and the time left for all of them. What it writes goes to the descriptor in one piece a time, so
/// that nothing flickers; where it cannot be written, work goes on.
class Progress {
 public:
  explicit Progress(ProgressStyle style);
  /// Takes an unfinished bar away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// So many examples are to come in all stages together; their time begins.
  void start(std::int64_t total_examples);
  /// A stage begins: "epoch 2/3", with so many examples.
  void begin(std::string stage, std::int64_t examples);
  /// So many examples of the stage are done. Cheap when nothing is due to be drawn.
  void update(std::int64_t done, const Figures& figures);
  /// The stage is done: its line stays.
  void end(const Figures& figures);
  /// A line that stays, above the bar.
  void note(std::string_view line);

 private:
  double now() const;
  std::string bar(const Figures& figures, double time) const;
  std::string line(const Figures& figures, double time) const;
  std::string left(double time) const;
  void show(const std::string& text);

  ProgressStyle style_;
  std::string stage_;
  std::int64_t total_ = 0;     // examples of all stages
  std::int64_t finished_ = 0;  // of stages that are done
  std::int64_t examples_ = 0;  // of this stage
  std::int64_t done_ = 0;      // of those
  double started_ = 0;
  double stage_started_ = 0;
  double shown_ = 0;
  bool drawn_ = false;  // a bar stands on the last line
};

}  // namespace gradus::experiment
