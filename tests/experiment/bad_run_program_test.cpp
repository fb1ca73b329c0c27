#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/experiment/safetensors.h"
#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using experiment::NamedTensors;

constexpr const char* kPair = "{\"user_id\": \"3\", \"movie_title\": \"Film 07\"}\n";

/// Trains again from these weights, which must be refused.
void check_weights(const SmallExperiment& experiment, const fs::path& weights,
                   const std::vector<std::string>& texts) {
  std::vector<std::string> all = {"config: /model/initial_weights: ", weights.string()};
  all.insert(all.end(), texts.begin(), texts.end());
  check_failure(experiment.gradus({"train", "experiment.json", "--output", "again", "--set",
                                   "model.initial_weights=" + weights.string()}),
                2, all);
  CHECK_FALSE(fs::exists(experiment / "again"));
}

TEST_CASE("program: initial weights must be the model's, no more and no less") {
  const SmallExperiment experiment;
  experiment.train();
  const fs::path run = experiment / "run" / "model.safetensors";
  const fs::path file = experiment / "weights.safetensors";
  {
    NamedTensors tensors = experiment::read_safetensors(run);
    tensors.erase("ratings.0.bias");
    experiment::write_safetensors(file, tensors);
    check_weights(experiment, file, {"missing: ratings.0.bias [8]"});
  }
  {
    NamedTensors tensors = experiment::read_safetensors(run);
    tensors.emplace("ratings.9.bias", tensors.at("ratings.0.bias"));
    experiment::write_safetensors(file, tensors);
    check_weights(experiment, file, {"extra: ratings.9.bias [8]"});
  }
  {
    NamedTensors tensors = experiment::read_safetensors(run);
    tensors.erase("ratings.0.bias");
    tensors.emplace("ratings.0.bias", tensors.at("ratings.1.bias"));
    experiment::write_safetensors(file, tensors);
    check_weights(experiment, file, {"of another shape: ratings.0.bias is [1], must be [8]"});
  }
  const std::string bytes = read_file(run);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{100}, bytes.size() - 1}) {
    write_file(file, bytes.substr(0, size));
    check_weights(experiment, file, {"truncated"});
  }
  write_file(file, bytes + "x");
  check_weights(experiment, file, {"1 bytes after the last tensor"});
  check_weights(experiment, experiment / "nowhere", {"cannot be read: No such file"});
  check_weights(experiment, experiment.path(), {"not an ordinary file"});
}

TEST_CASE("program: an output folder that holds something or cannot be made is refused") {
  const SmallExperiment experiment;
  const auto train = [&](const std::string& output) {
    return experiment.gradus({"train", "experiment.json", "--output", output});
  };
  check_failure(train("."), 2, {"--output .: holds something already"});
  check_failure(train("ratings.csv"), 2,
                {"--output ratings.csv: is there already, and is no folder"});
  check_failure(train("/dev/full"), 2, {"--output /dev/full: is there already, and is no folder"});
  check_failure(train("ratings.csv/run"), 1, {"ratings.csv/run: cannot be made: Not a directory"});
  check_failure(train("/proc/run"), 1, {"/proc/run: cannot be made: "});
  check_failure(train(std::string(5000, 'x')), 1, {": cannot be made: File name too long"});
  CHECK(experiment.entries() == 2);
  write_file(experiment / "runs", "a file in the way");
  check_failure(experiment.gradus({"train", "experiment.json"}), 1, {"runs: cannot be made: "});
  fs::create_directory(experiment / "empty");
  CHECK(train("empty").exit_code == 0);
  const std::string result = read_file(experiment / "empty" / "result.json");
  check_failure(train("empty"), 2, {"--output empty: holds something already"});
  CHECK(read_file(experiment / "empty" / "result.json") == result);
}

TEST_CASE("program: a loss that is not finite stops the run, naming epoch, step and node") {
  const SmallExperiment experiment;
  const ProgramResult result = experiment.try_train({"optimizer.learning_rate=1e30"});
  check_failure(result, 1,
                {"training: the loss is ",
                 " in epoch 1, step 2; the first value that is not finite "
                 "is of matmul (ratings.0)"});
  CHECK(fs::exists(experiment / "run" / "config.json"));
  CHECK(read_file(experiment / "run" / "steps.jsonl").starts_with("{\"epoch\": 1, \"step\": 1"));
  for (const char* whole : {"result.json", "model.json", "model.safetensors"}) {
    CAPTURE(whole);
    CHECK_FALSE(fs::exists(experiment / "run" / whole));
  }
  check_failure(experiment.gradus({"predict", "run"}, kPair), 1,
                {"run: the training did not finish (there is no model.json)"});
}

/// Every command that reads a run says the same.
void check_run(const SmallExperiment& experiment, int exit_code,
               const std::vector<std::string>& texts, const std::string& run = "run") {
  check_failure(experiment.gradus({"predict", run}, kPair), exit_code, texts);
  check_failure(experiment.gradus({"rank", run, "--user", "3"}), exit_code, texts);
  check_failure(experiment.gradus({"evaluate", run}), exit_code, texts);
}

TEST_CASE("program: what is no run directory is refused") {
  const SmallExperiment experiment;
  check_run(experiment, 1, {"run: is no run directory"});
  check_run(experiment, 1, {"\"\": is no run directory"}, "");
  check_run(experiment, 1, {"experiment.json: is no run directory"}, "experiment.json");
  check_run(experiment, 1, {": is no run directory"}, std::string(5000, 'x'));
  check_run(experiment, 1, {".: is no run directory (it has no config.json)"}, ".");
}

TEST_CASE("program: a damaged run directory is refused with what is wrong") {
  const SmallExperiment experiment;
  experiment.train();
  const fs::path file = experiment / "run" / "model.json";
  const std::string good = read_file(file);
  const auto changed = [&](const auto& change) {
    nlohmann::json json = nlohmann::json::parse(good);
    change(json);
    write_file(file, json.dump());
  };
  changed([](auto& json) { json["format"] = 2; });
  check_run(experiment, 1, {"run/model.json: has format 2, this gradus reads up to 1"});
  changed([](auto& json) { json["format"] = 0; });
  check_run(experiment, 1,
            {"run/model.json: \"format\" must be a whole number from 1 to 1, got 0"});
  changed([](auto& json) { json.erase("format"); });
  check_run(experiment, 1, {"run/model.json: \"format\" must be ", "got nothing"});
  changed([](auto& json) { json.erase("vocabularies"); });
  check_run(experiment, 1, {"run/model.json: \"vocabularies\" is missing"});
  changed([](auto& json) { json["vocabularies"][0]["strings"].erase(0); });
  check_run(experiment, 1, {"run/model.safetensors: ", "user_embedding.weight is [18, 4]"});
  write_file(file, good.substr(0, good.rfind('\n', good.size() / 2)));  // between two values
  check_run(experiment, 1, {"run/model.json:", "unexpected end of input"});
  write_file(file, "");
  check_run(experiment, 1, {"run/model.json: empty"});
  fs::remove(file);
  check_run(experiment, 1, {"run: the training did not finish (there is no model.json)"});
  write_file(file, good);
  const std::string tensors = read_file(experiment / "run" / "model.safetensors");
  write_file(experiment / "run" / "model.safetensors", tensors.substr(0, tensors.size() - 4));
  check_run(experiment, 1, {"run/model.safetensors: truncated"});
  write_file(experiment / "run" / "model.safetensors", tensors);
  fs::remove(experiment / "run" / "result.json");
  check_run(experiment, 1, {"run: the training did not finish (there is no result.json)"});
}

}  // namespace
}  // namespace gradus::tests
