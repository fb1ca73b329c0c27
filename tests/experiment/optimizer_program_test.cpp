#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<json> lines(const fs::path& file) {
  std::vector<json> out;
  std::istringstream text(read_file(file));
  for (std::string line; std::getline(text, line);) out.push_back(json::parse(line));
  return out;
}

const std::vector<std::string> kValidated = {"data.split.train=120", "data.split.validation=40"};

std::vector<std::string> with_validation(std::vector<std::string> settings) {
  settings.insert(settings.begin(), kValidated.begin(), kValidated.end());
  return settings;
}

/// All that an optimizer's config has, at once.
std::vector<std::string> everything() {
  const std::string groups =
      R"(optimizer.groups=[{"parameters": "*_embedding.weight", "optimizer": )"
      R"({"kind": "lazy_adam", "weight_decay": 0.01, "clip_norm": 0.3}}, )"
      R"({"parameters": "*.bias", "optimizer": {"kind": "lamb", )"
      R"("schedule": {"kind": "exponential", "steps": 10}}}])";
  return with_validation({
      "optimizer.kind=adam",
      "optimizer.learning_rate=0.02",
      "optimizer.global_clip_norm=0.5",
      R"(optimizer.schedule={"kind": "cosine", "steps": 40, "warm_up_steps": 5})",
      groups,
      R"(model.regularization=[{"parameters": "ratings.?.weight", "l1": 0.001, "l2": 0.01}])",
      R"(training.averaging={"kind": "exponential", "momentum": 0.8})",
      R"(training.reduce_on_plateau={"patience": 1, "minimum_improvement": 0.01, "factor": 0.5})",
      "training.epochs=9",
      "training.checkpoint.every_steps=3",
      "training.checkpoint.keep=100",
  });
}

TEST_CASE(
    "program: schedules, averages and all optimizers go on from a checkpoint to the same bits") {
  const SmallExperiment experiment;
  for (const bool stops : {false, true}) {
    CAPTURE(stops);
    std::vector<std::string> settings = everything();
    if (stops) settings.emplace_back("training.early_stopping.patience=3");
    const std::string whole = stops ? "whole_with_best" : "whole";
    experiment.train(settings, whole);
    const std::string run = stops ? "run_with_best" : "run";
    experiment.train(settings, run);
    CHECK((read_file(experiment / run / "model.safetensors") ==
           read_file(experiment / whole / "model.safetensors")));
    std::vector<fs::path> checkpoints;
    for (const auto& entry : fs::directory_iterator(experiment / run / "checkpoint")) {
      checkpoints.push_back(entry.path());
    }
    std::ranges::sort(checkpoints);
    REQUIRE(checkpoints.size() > 4);
    // From the last one, which is of the finished training, to the first.
    while (!checkpoints.empty()) {
      CAPTURE(checkpoints.back().string());
      for (const char* file : {"result.json", "model.json", "model.safetensors"}) {
        fs::remove(experiment / run / file);
      }
      const ProgramResult result =
          experiment.gradus({"train", "--resume", "--output", run, "--threads", "3"});
      INFO(result.standard_error);
      REQUIRE(result.exit_code == 0);
      for (const char* same : {"model.safetensors", "steps.jsonl"}) {
        CAPTURE(same);
        CHECK((read_file(experiment / run / same) == read_file(experiment / whole / same)));
      }
      for (const auto& entry : fs::directory_iterator(experiment / run / "checkpoint")) {
        if (entry.path() >= checkpoints.back()) fs::remove(entry.path());
      }
      checkpoints.pop_back();
    }
  }
}

TEST_CASE("program: a schedule moves the learning rate, and a plateau reduces it") {
  const SmallExperiment experiment;
  experiment.train({"optimizer.learning_rate=0.1", "training.epochs=2",
                    R"(optimizer.schedule={"kind": "cosine", "steps": 8, "warm_up_steps": 2})"});
  const std::vector<json> steps = lines(experiment / "run" / "steps.jsonl");
  REQUIRE(steps.size() == 10);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    CAPTURE(k);
    const double passed = (static_cast<double>(k) - 2) / 8;
    const double wanted = k < 2 ? 0.1 * (static_cast<double>(k) + 1) / 3
                                : 0.05 * (1 + std::cos(std::numbers::pi * passed));
    CHECK(steps[k].at("learning_rate").get<double>() == doctest::Approx(wanted));
  }

  experiment.train(
      with_validation(
          {"optimizer.learning_rate=0.1", "training.epochs=4",
           R"(training.reduce_on_plateau={"patience": 1, "minimum_improvement": 1000})"}),
      "plateau");
  for (const json& step : lines(experiment / "plateau" / "steps.jsonl")) {
    const double rates[] = {0.1, 0.1, 0.01, 0.001};  // the first epoch is the best
    CHECK(step.at("learning_rate").get<double>() ==
          doctest::Approx(rates[step.at("epoch").get<std::size_t>() - 1]));
  }
  const SmallExperiment without;
  check_failure(without.try_train({"training.reduce_on_plateau.patience=1"}), 2,
                {"config: /training/reduce_on_plateau: watches the validation rows"});
}

TEST_CASE("program: averaged weights are what is validated and saved") {
  const SmallExperiment experiment;
  const std::string still = R"(training.averaging={"kind": "exponential", "momentum": 1})";
  experiment.train(with_validation({still, "training.epochs=1"}), "one");
  experiment.train(with_validation({still, "training.epochs=3"}), "three");
  experiment.train(with_validation({"training.epochs=3"}), "plain");
  const std::string initial = read_file(experiment / "one" / "model.safetensors");
  CHECK((read_file(experiment / "three" / "model.safetensors") == initial));
  CHECK((read_file(experiment / "plain" / "model.safetensors") != initial));
  const std::vector<json> epochs = lines(experiment / "three" / "metrics.jsonl");
  CHECK(epochs[0].at("validation_loss") == epochs[2].at("validation_loss"));
  // The training itself is not averaged.
  const std::vector<json> plain = lines(experiment / "plain" / "metrics.jsonl");
  CHECK(epochs[2].at("loss") == plain[2].at("loss"));
}

TEST_CASE("program: a regularisation by name is the model's own") {
  const SmallExperiment experiment;
  experiment.train({"model.embedding_l2=0.01"}, "own");
  experiment.train({R"(model.regularization=[{"parameters": "*_embedding.weight", "l2": 0.01}])"},
                   "named");
  CHECK((read_file(experiment / "own" / "model.safetensors") ==
         read_file(experiment / "named" / "model.safetensors")));
  const auto loss = [&](const char* run) {
    return lines(experiment / run / "metrics.jsonl").back().at("regularization_loss").get<double>();
  };
  CHECK(loss("named") == loss("own"));
  CHECK(loss("named") > 0);
}

TEST_CASE("program: optimizers that cannot be are refused by pointer") {
  const SmallExperiment experiment;
  const std::string parameters = "there are: user_embedding.weight, movie_embedding.weight, ";
  const std::pair<std::string, std::string> cases[] = {
      {R"(optimizer.groups=[{"parameters": "*embeding*", "optimizer": {"kind": "sgd"}}])",
       "config: /optimizer/groups/0/parameters: \"*embeding*\" is no parameter that is trained; " +
           parameters},
      {R"(optimizer.groups=[{"optimizer": {"kind": "sgd"}}])",
       "config: /optimizer/groups/0/parameters: is missing"},
      {R"(optimizer.groups=[{"parameters": "*", "optimizer": {"kind": "sdg"}}])",
       "config: /optimizer/groups/0/optimizer/kind: must be one of: "},
      {R"(optimizer.groups=[{"parameters": "*", "optimizer": {"kind": "sgd", "clip_norm": 1, )"
       R"("clip_value": 1}}])",
       "config: /optimizer/groups/0/optimizer: clip_value, clip_norm, global_clip_norm: only one"},
      {R"(optimizer.schedule={"kind": "piecewise", "boundaries": [3]})",
       "config: /optimizer/schedule: there must be a learning rate for each boundary, got 0 for 1"},
      {R"(optimizer.schedule={"kind": "cosin"})", "did you mean \"cosine\"?"},
      {R"(model.regularization=[{"parameters": "top*", "l2": 1}])",
       "config: /model/regularization/0/parameters: \"top*\" is no parameter that is trained; " +
           parameters},
      {R"(training.averaging={"kind": "exponential", "momentum": 2})",
       "config: /training/averaging/momentum: must be a number from 0 to 1, got 2"},
  };
  for (const auto& refused : cases) {
    CAPTURE(refused.first);
    check_refused(experiment, experiment.try_train({refused.first}), 2, {refused.second});
  }
}

}  // namespace
}  // namespace gradus::tests
