#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/resumable_experiment.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// CRC-32C bit by bit, rotated and shifted as records of events have it.
std::uint32_t checksum(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
  }
  crc = ~crc;
  return std::rotr(crc, 15) + 0xA282EAD8U;
}

template <class T>
T number_at(const std::string& bytes, std::size_t at) {
  T out{};
  REQUIRE(at + sizeof out <= bytes.size());
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return out;
}

/// The events of a file, each without its first field, the time; their checksums hold.
std::vector<std::string> events(const fs::path& file) {
  const std::string bytes = read_file(file);
  std::vector<std::string> out;
  constexpr std::size_t kTime = 9;  // a tag and a double
  for (std::size_t at = 0; at < bytes.size();) {
    const auto length = number_at<std::uint64_t>(bytes, at);
    CHECK(number_at<std::uint32_t>(bytes, at + 8) == checksum(bytes.substr(at, 8)));
    const std::string event = bytes.substr(at + 12, length);
    CHECK(number_at<std::uint32_t>(bytes, at + 12 + length) == checksum(event));
    REQUIRE(event.size() > kTime);
    CHECK(event[0] == '\x09');
    out.push_back(event.substr(kTime));
    at += 16 + length;
  }
  return out;
}

std::size_t count_of(const std::vector<std::string>& events, const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      events, [&](const std::string& event) { return event.find(text) != std::string::npos; }));
}

/// The lines of a table, less the last column of those of metrics.csv, which are times.
std::vector<std::string> rows(const fs::path& file) {
  std::vector<std::string> out;
  std::istringstream text(read_file(file));
  for (std::string line; std::getline(text, line);) {
    out.push_back(file.filename() == "metrics.csv" ? line.substr(0, line.rfind(',')) : line);
  }
  return out;
}

TEST_CASE("program: training.logs asks for events and tables, and the training is the same") {
  const SmallExperiment experiment;
  experiment.train({}, "plain");
  experiment.train({"training.logs.tensorboard=true", "training.logs.csv=true"});
  CHECK(!fs::exists(experiment / "plain/events.out.tfevents"));
  CHECK(!fs::exists(experiment / "plain/steps.csv"));
  for (const char* same : {"model.safetensors", "steps.jsonl"}) {
    CHECK((read_file(experiment / "run" / same) == read_file(experiment / "plain" / same)));
  }
  const auto all = events(experiment / "run/events.out.tfevents");
  CHECK(all.front().find("brain.Event:2") != std::string::npos);
  CHECK(count_of(all, "\"initial_weights\": \"\"") == 1);  // the resolved config
  CHECK(count_of(all, "step/learning_rate") == 10);
  CHECK(count_of(all, "epoch/root_mean_squared_error") == 2);
  CHECK(count_of(all, "weights/ratings.0.weight") == 2);
  CHECK(count_of(all, "gradients/user_embedding.weight") == 2);

  const auto steps = rows(experiment / "run/steps.csv");
  REQUIRE(steps.size() == 11);
  CHECK(steps[0] == "epoch,step,loss,regularization_loss,total_loss,learning_rate,examples");
  const auto first =
      nlohmann::json::parse(read_file(experiment / "run/steps.jsonl")
                                .substr(0, read_file(experiment / "run/steps.jsonl").find('\n')));
  CHECK(steps[1].starts_with("1,1," + first.at("loss").dump() + ","));
  CHECK(rows(experiment / "run/metrics.csv").size() == 3);
}

TEST_CASE("program: a training that goes on has each event and row once") {
  const SmallExperiment experiment;
  const std::vector<std::string> settings = {"training.logs.tensorboard=true",
                                             "training.logs.csv=true", "training.epochs=3",
                                             "training.checkpoint.every_steps=4"};
  experiment.train(settings, "whole");
  experiment.train(settings);
  for (const char* file : {"result.json", "model.json", "model.safetensors"}) {
    fs::remove(experiment / "run" / file);
  }
  // The newest checkpoint is of the end; the one before it of the middle of an epoch.
  std::vector<fs::path> checkpoints;
  for (const auto& entry : fs::directory_iterator(experiment / "run/checkpoint")) {
    checkpoints.push_back(entry.path());
  }
  fs::remove(*std::ranges::max_element(checkpoints));
  const ProgramResult rest = experiment.gradus({"train", "--resume", "--output", "run"});
  INFO(rest.standard_error);
  REQUIRE(rest.exit_code == 0);
  CHECK(rest.standard_error.starts_with("run: goes on after step 12, "));
  const auto whole = events(experiment / "whole/events.out.tfevents");
  const auto again = events(experiment / "run/events.out.tfevents");
  REQUIRE(whole.size() == again.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i].find("epoch/seconds") == std::string::npos) CHECK((whole[i] == again[i]));
  }
  for (const char* table : {"steps.csv", "metrics.csv"}) {
    CHECK(rows(experiment / "whole" / table) == rows(experiment / "run" / table));
  }
}

TEST_CASE("program: trained longer, the config is logged again") {
  const SmallExperiment experiment;
  experiment.train({"training.logs.tensorboard=true", "training.checkpoint.every_epochs=1"});
  const ProgramResult longer =
      experiment.gradus({"train", "--resume", "--output", "run", "--set", "training.epochs=3"});
  INFO(longer.standard_error);
  REQUIRE(longer.exit_code == 0);
  const auto all = events(experiment / "run/events.out.tfevents");
  CHECK(count_of(all, "\"epochs\": 2") == 1);
  CHECK(count_of(all, "\"epochs\": 3") == 1);
  CHECK(count_of(all, "step/loss") == 15);
}

TEST_CASE("program: an unknown log is refused with the nearest name") {
  const SmallExperiment experiment;
  check_refused(experiment, experiment.try_train({"training.logs.tensorbord=true"}), 2,
                {"/training/logs/tensorbord", "tensorboard"});
  check_refused(experiment, experiment.try_train({"training.logs.csv=1"}), 2,
                {"/training/logs/csv: must be true or false"});
}

}  // namespace
}  // namespace gradus::tests
