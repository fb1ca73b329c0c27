#include "framework/experiment/progress.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support.h"

namespace gradus::experiment {
namespace {

using Kind = ProgressStyle::Kind;

/// Progress with a clock that the test sets, shown in a file.
class Shown {
 public:
  explicit Shown(Kind kind, int columns = 100, bool color = false, bool unicode = false) {
    descriptor_ = open((folder_ / "shown").c_str(), O_WRONLY | O_CREAT, 0600);
    style_ = {.kind = kind,
              .color = color,
              .unicode = unicode,
              .descriptor = descriptor_,
              .columns = columns,
              .seconds = [this] { return time; }};
  }
  ~Shown() { close(descriptor_); }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  const ProgressStyle& style() const { return style_; }
  /// What was written since the last call.
  std::string take() {
    const std::string all = tests::read_file(folder_ / "shown");
    std::string out = all.substr(taken_);
    taken_ = all.size();
    return out;
  }

  double time = 1000;

 private:
  tests::TemporaryFolder folder_;
  int descriptor_ = -1;
  ProgressStyle style_;
  std::size_t taken_ = 0;
};

const Figures kFigures = {{"loss", 1.25}, {"root_mean_squared_error", 1.118}};

TEST_CASE("a bar is drawn at most ten times a second, and its line stays at the end") {
  Shown shown(Kind::bar, 130);
  Progress progress(shown.style());
  progress.start(200);
  progress.begin("epoch 1/2", 100);
  CHECK(shown.take().empty());
  shown.time += 1;
  progress.update(50, kFigures);
  CHECK(shown.take() ==
        "\repoch 1/2 ###############---------------  50%  loss 1.2500  root_mean_squared_error "
        "1.1180  50 "
        "examples/s  3.00 s left\x1b[K");
  shown.time += 0.09;
  progress.update(60, kFigures);
  CHECK(shown.take().empty());
  shown.time += 0.02;
  progress.update(70, kFigures);
  CHECK(shown.take().starts_with("\repoch 1/2 "));
  shown.time += 0.89;
  progress.end(kFigures);
  CHECK(shown.take() ==
        "\r\x1b[Kepoch 1/2: loss 1.2500, root_mean_squared_error 1.1180, 100 examples in 2.00 s "
        "(50/s)\n");
  progress.begin("epoch 2/2", 100);
  shown.time += 1;
  progress.update(50, {});
  CHECK(shown.take() ==
        "\repoch 2/2 ###############---------------  50%  50 examples/s  1.00 s "
        "left\x1b[K");
  progress.note("a note");
  CHECK(shown.take() == "\r\x1b[Ka note\n");
}

TEST_CASE("a bar fits its terminal") {
  for (const int columns : {5, 20, 40, 80, 100, 200}) {
    Shown shown(Kind::bar, columns);
    Progress progress(shown.style());
    progress.start(100);
    progress.begin("epoch 1/1", 100);
    shown.time += 1;
    progress.update(30, kFigures);
    const std::string text = shown.take();
    CHECK(text.size() <= static_cast<std::size_t>(columns - 1) + 4);
    CHECK(text.starts_with("\repoc"));
    CHECK(text.ends_with("\x1b[K"));
  }
}

TEST_CASE("a bar has color and lines where wanted") {
  Shown shown(Kind::bar, 48, true, true);
  Progress progress(shown.style());
  progress.start(4);
  progress.begin("e", 4);
  shown.time += 2;
  progress.update(1, {});
  CHECK(shown.take() ==
        "\re \x1b[36m━━\x1b[2m────────\x1b[0m  25%  0.50 examples/s  6.00 s left\x1b[K");
}

TEST_CASE("an unfinished bar is taken away") {
  Shown shown(Kind::bar);
  {
    Progress progress(shown.style());
    progress.start(10);
    progress.begin("epoch 1/1", 10);
    shown.time += 1;
    progress.update(1, {});
    shown.take();
  }
  CHECK(shown.take() == "\r\x1b[K");
}

TEST_CASE("elsewhere there are plain lines") {
  Shown shown(Kind::lines);
  Progress progress(shown.style());
  progress.start(1'000'000);
  progress.begin("epoch 1/1", 1'000'000);
  shown.time += 29;
  progress.update(290'000, kFigures);
  CHECK(shown.take().empty());
  shown.time += 1;
  progress.update(300'000, kFigures);
  CHECK(shown.take() ==
        "epoch 1/1: 30%, loss 1.2500, root_mean_squared_error 1.1180, 300,000 "
        "examples in 30.0 s (10.0 thousand/s), 1 min 10 s left\n");
  shown.time += 70;
  progress.end(kFigures);
  progress.note("done");
  CHECK(shown.take() ==
        "epoch 1/1: loss 1.2500, root_mean_squared_error 1.1180, 1,000,000 "
        "examples in 1 min 40 s (10.0 thousand/s)\ndone\n");
}

TEST_CASE("quiet is quiet") {
  Shown shown(Kind::quiet);
  Progress progress(shown.style());
  progress.start(10);
  progress.begin("epoch 1/1", 10);
  shown.time += 100;
  progress.update(5, kFigures);
  progress.end(kFigures);
  progress.note("a note");
  CHECK(shown.take().empty());
}

TEST_CASE("odd numbers are shown too") {
  Shown shown(Kind::lines);
  Progress progress(shown.style());
  progress.begin("x", 0);
  const Figures odd = {{"a", 0}, {"b", 12345678}, {"c", -1e-9}, {"d", 1.0 / 0.0}};
  progress.end(odd);
  CHECK(shown.take() == "x: a 0.0000, b 1.235e+07, c -1.000e-09, d inf, 0 examples in 0.00 us\n");
}

TEST_CASE("a standard error that takes nothing does no harm") {
  Progress progress({.kind = Kind::lines, .descriptor = -1});
  CHECK_NOTHROW(progress.note("a note"));
}

}  // namespace
}  // namespace gradus::experiment
