#include "tests/experiment/resumable_experiment.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// The lines of a log, less their times.
std::vector<nlohmann::json> lines(const fs::path& file) {
  std::vector<nlohmann::json> out;
  std::istringstream text(read_file(file));
  for (std::string line; std::getline(text, line);) {
    out.push_back(nlohmann::json::parse(line));
    out.back().erase("seconds");
  }
  return out;
}

/// A result, less what depends on time and threads.
nlohmann::json result(const fs::path& run) {
  nlohmann::json out = nlohmann::json::parse(read_file(run / "result.json"));
  out.erase("seconds");
  out.erase("machine");
  return out;
}

}  // namespace

ResumableExperiment::ResumableExperiment(int epochs) {
  const std::vector<std::string> settings = {
      "data.split.train=120",
      "data.split.validation=40",
      "training.epochs=" + std::to_string(epochs),
      "training.checkpoint.every_steps=3",
      "training.early_stopping.patience=50",
  };
  for (const std::string& setting : settings) {
    settings_.insert(settings_.end(), {"--set", setting});
  }
  const ProgramResult whole = gradus(command("whole"));
  INFO(whole.standard_error);
  REQUIRE(whole.exit_code == 0);
}

std::vector<std::string> ResumableExperiment::command(const std::string& run) const {
  std::vector<std::string> out = {"train", "experiment.json", "--resume", "--output", run};
  out.insert(out.end(), settings_.begin(), settings_.end());
  return out;
}

void ResumableExperiment::check_whole(const std::string& run) const {
  const SmallExperiment& folder = *this;
  for (const char* same : {"model.safetensors", "model.json", "config.json", "steps.jsonl"}) {
    CAPTURE(same);
    CHECK((read_file(folder / run / same) == read_file(folder / "whole" / same)));
  }
  CHECK(lines(folder / run / "metrics.jsonl") == lines(folder / "whole" / "metrics.jsonl"));
  CHECK(result(folder / run) == result(folder / "whole"));
  for (const auto& entry : fs::recursive_directory_iterator(folder / run)) {
    CAPTURE(entry.path().string());
    CHECK(entry.path().extension() != ".part");
  }
}

}  // namespace gradus::tests
