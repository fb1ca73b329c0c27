#include "tests/experiment/small_experiment.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

std::string ratings() {
  std::string out = "user_id,movie_title,user_rating\n";
  for (int i = 0; i < 200; ++i) {
    out += fmt::format("{},Film {:02},{}\n", i % 17, i * 7 % 23, 1 + i * i % 5);
  }
  return out;
}

constexpr const char* kConfig = R"({
  "seed": 7,
  "data": {
    "source": "csv",
    "path": "ratings.csv",
    "columns": [
      {"name": "user_id", "kind": "user"},
      {"name": "movie_title", "kind": "item"},
      {"name": "user_rating", "kind": "label"}
    ],
    "split": {"kind": "random", "train": 160, "test": 40, "seed": 1},
    "batch_size": 32
  },
  "model": {"kind": "ranking", "embedding_dimension": 4, "layers": [8]},
  "optimizer": {"kind": "adagrad", "learning_rate": 0.1},
  "training": {"epochs": 2}
}
)";

constexpr int kOwnFiles = 2;

}  // namespace

SmallExperiment::SmallExperiment() {
  write_file(folder_ / "ratings.csv", ratings());
  write_file(folder_ / "experiment.json", kConfig);
}

ProgramResult SmallExperiment::gradus(const std::vector<std::string>& arguments,
                                      const std::string& standard_input) const {
  return run_gradus(arguments,
                    {.standard_input = standard_input, .working_folder = folder_.path()});
}

ProgramResult SmallExperiment::try_train(const std::vector<std::string>& settings) const {
  std::vector<std::string> arguments = {"train", "experiment.json", "--output", "run"};
  for (const std::string& setting : settings) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  return gradus(arguments);
}

void SmallExperiment::train(const std::vector<std::string>& settings,
                            const std::string& run) const {
  std::vector<std::string> arguments = {"train", "experiment.json", "--output", run};
  for (const std::string& setting : settings) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  const ProgramResult result = gradus(arguments);
  INFO(result.standard_error);
  REQUIRE(result.exit_code == 0);
}

int SmallExperiment::entries(const fs::path& name) const {
  return static_cast<int>(
      std::distance(fs::directory_iterator(folder_ / name), fs::directory_iterator()));
}

void check_failure(const ProgramResult& result, int exit_code,
                   const std::vector<std::string>& texts) {
  const std::string& error = result.standard_error;
  INFO("standard error: ", error);
  CHECK(result.exit_code == exit_code);
  CHECK(result.standard_output == "");
  const bool first = error.starts_with("gradus: ");
  const std::size_t begin = first ? 0 : error.find("\ngradus: ");
  REQUIRE(begin != std::string::npos);
  const std::string message = error.substr(first ? 0 : begin + 1);
  CHECK(message.ends_with('\n'));
  CHECK(message.find("\ngradus: ") == std::string::npos);
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(message.find(text) != std::string::npos);
  }
  for (const char* trace : {"terminate", "what():", "Sanitizer", "exception", ".cpp"}) {
    CAPTURE(trace);
    CHECK(message.find(trace) == std::string::npos);
  }
}

void check_refused(const SmallExperiment& experiment, const ProgramResult& result, int exit_code,
                   const std::vector<std::string>& texts) {
  check_failure(result, exit_code, texts);
  INFO("standard error: ", result.standard_error);
  CHECK(result.standard_error.starts_with("gradus: "));
  CHECK_FALSE(fs::exists(experiment / "run"));
  CHECK(experiment.entries() == kOwnFiles);
}

}  // namespace gradus::tests
