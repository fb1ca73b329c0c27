#include "framework/experiment/checkpoint.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using experiment::Checkpoint;

Checkpoint checkpoint(std::int64_t step, std::int64_t best_step = 0) {
  Checkpoint out;
  out.position.step = step;
  out.best.step = best_step;
  out.tensors.emplace("parameter/weight",
                      Tensor(Extents{2}, std::vector<float>{1.0F, static_cast<float>(step)}));
  return out;
}

std::vector<std::string> names(const fs::path& run) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(run / "checkpoint")) {
    out.push_back(entry.path().filename().string());
  }
  std::ranges::sort(out);
  return out;
}

fs::path file(const fs::path& run, int step) {
  return run / "checkpoint" / fmt::format("step-{:09}.safetensors", step);
}

/// The newest checkpoint's step, and what was said.
struct Latest {
  std::int64_t step = -1;
  std::vector<std::string> notes;
};

Latest latest(const fs::path& run) {
  Latest out;
  const auto found = experiment::latest_checkpoint(
      run, [&out](std::string_view note) { out.notes.emplace_back(note); });
  if (found) out.step = found->position.step;
  return out;
}

TEST_CASE("a checkpoint is read as it was written, to the last bit") {
  const TemporaryFolder run;
  const double third = 1.0 / 3.0;
  const double tiny = std::numeric_limits<double>::denorm_min();
  const double huge = std::numeric_limits<double>::max();
  Checkpoint written;
  written.position.epoch = 3;
  written.position.batch = 4;
  written.position.step = 1'234'567'890'123;
  written.position.examples = 56;
  written.position.sums = {third * 1e6, 5.0, -third};
  written.position.last_batch_loss = tiny;
  written.position.metrics = {{huge, 17.0, third}, {0.1 + 0.2, 9007199254740994.0}};
  written.position.seconds = 1.5;
  written.best = {.epoch = 2, .step = 20, .value = third, .waited = 1};
  written.plateau = {.epochs = 5, .value = -third, .waited = 2, .cooldown = 3, .factor = tiny};
  written.logs = {{"steps.jsonl", 1000}, {"metrics.csv", 70}};
  written.epochs = 9;
  written.seconds = 12.25;
  written.data = "100 rows, 0123456789abcdef";
  written.tensors.emplace("parameter/weight",
                          Tensor(Extents{2, 1}, std::vector<float>{0.1F, -3e-42F}));
  experiment::save_checkpoint(run.path(), written, 2);
  const auto read = experiment::latest_checkpoint(run.path(), {});
  REQUIRE(read);
  CHECK(read->position.epoch == 3);
  CHECK(read->position.batch == 4);
  CHECK(read->position.step == 1'234'567'890'123);
  CHECK(read->position.examples == 56);
  CHECK(read->position.sums.loss == third * 1e6);
  CHECK(read->position.sums.regularization_loss == 5.0);
  CHECK(read->position.sums.total_loss == -third);
  CHECK(read->position.last_batch_loss == tiny);
  CHECK(read->position.metrics == written.position.metrics);
  CHECK(read->position.seconds == 1.5);
  CHECK(read->best.epoch == 2);
  CHECK(read->best.step == 20);
  CHECK(read->best.value == third);
  CHECK(read->best.waited == 1);
  CHECK(read->plateau.epochs == 5);
  CHECK(read->plateau.value == -third);
  CHECK(read->plateau.waited == 2);
  CHECK(read->plateau.cooldown == 3);
  CHECK(read->plateau.factor == tiny);
  CHECK(read->logs == written.logs);
  CHECK(read->epochs == 9);
  CHECK(read->seconds == 12.25);
  CHECK(read->data == "100 rows, 0123456789abcdef");
  REQUIRE(read->tensors.size() == 1);
  const Tensor& weight = read->tensors.at("parameter/weight");
  CHECK(weight.extents() == Extents{2, 1});
  CHECK(weight.floats()[0] == 0.1F);
  CHECK(weight.floats()[1] == -3e-42F);
}

TEST_CASE("the last checkpoints are kept, and the best epoch's") {
  const TemporaryFolder run;
  CHECK_FALSE(experiment::has_checkpoint(run.path()));
  CHECK(latest(run.path()).step == -1);
  for (const int step : {10, 20, 30, 40}) {
    experiment::save_checkpoint(run.path(), checkpoint(step, 10), 2);
  }
  CHECK(names(run.path()) == std::vector<std::string>{"step-000000010.safetensors",
                                                      "step-000000030.safetensors",
                                                      "step-000000040.safetensors"});
  CHECK(latest(run.path()).step == 40);
  write_file(run / "checkpoint" / "step-000000045.safetensors.part", "half");
  write_file(run / "checkpoint" / "notes.txt", "someone's own");
  experiment::save_checkpoint(run.path(), checkpoint(50, 40), 1);
  CHECK(names(run.path()) == std::vector<std::string>{"notes.txt", "step-000000040.safetensors",
                                                      "step-000000050.safetensors"});
  // One that is done again from an earlier step leaves none of a later one.
  experiment::save_checkpoint(run.path(), checkpoint(45, 40), 1);
  CHECK(latest(run.path()).step == 45);
}

TEST_CASE("a damaged checkpoint is told, and the one before it taken") {
  const TemporaryFolder run;
  for (const int step : {10, 20}) experiment::save_checkpoint(run.path(), checkpoint(step), 2);
  const std::string good = read_file(file(run.path(), 20));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{9}, std::size_t{300}, good.size() - 1}) {
    CAPTURE(size);
    REQUIRE(size < good.size());
    write_file(file(run.path(), 20), good.substr(0, size));
    const Latest found = latest(run.path());
    CHECK(found.step == 10);
    REQUIRE(found.notes.size() == 1);
    CHECK(found.notes[0].starts_with(file(run.path(), 20).string() + ": truncated"));
    CHECK(found.notes[0].ends_with("; the checkpoint before it is tried"));
  }
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    REQUIRE(from.size() == to.size());
    write_file(file(run.path(), 20), bytes.replace(at, from.size(), to));
    return latest(run.path()).notes;
  };
  CHECK(replaced("\"gradus\"", "\"others\"").at(0).find(": is no checkpoint;") !=
        std::string::npos);
  CHECK(replaced("batch", "botch").at(0).find(": \"batch\" is missing") != std::string::npos);
  CHECK(
      replaced("\\\"step\\\": 20", "\\\"step\\\": -2").at(0).find(": \"step\" is missing or no") !=
      std::string::npos);
  write_file(file(run.path(), 20), "");
  write_file(file(run.path(), 10), "");
  CHECK_THROWS_WITH_AS(latest(run.path()),
                       doctest::Contains("/checkpoint: none of its checkpoints can be read"),
                       Error);
}

TEST_CASE("a checkpoint of a newer format is refused, not passed over") {
  const TemporaryFolder run;
  for (const int step : {10, 20}) experiment::save_checkpoint(run.path(), checkpoint(step), 2);
  std::string bytes = read_file(file(run.path(), 20));
  const std::string format = "\\\"format\\\": 1";
  REQUIRE(bytes.find(format) != std::string::npos);
  bytes[bytes.find(format) + format.size() - 1] = '2';
  write_file(file(run.path(), 20), bytes);
  CHECK_THROWS_WITH_AS(
      latest(run.path()),
      doctest::Contains("step-000000020.safetensors: has format 2, this gradus reads up to 1; a "
                        "newer one wrote it"),
      Error);
}

}  // namespace
}  // namespace gradus::tests
