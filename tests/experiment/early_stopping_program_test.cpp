#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

const std::vector<std::string> kValidated = {"data.split.train=120", "data.split.validation=40"};

std::vector<std::string> with(std::vector<std::string> settings) {
  settings.insert(settings.begin(), kValidated.begin(), kValidated.end());
  return settings;
}

std::vector<json> metrics(const SmallExperiment& experiment, const std::string& run) {
  std::vector<json> out;
  std::istringstream text(read_file(experiment / run / "metrics.jsonl"));
  for (std::string line; std::getline(text, line);) out.push_back(json::parse(line));
  return out;
}

json result(const SmallExperiment& experiment, const std::string& run) {
  return json::parse(read_file(experiment / run / "result.json"));
}

TEST_CASE("program: validation figures are in metrics.jsonl where there are validation rows") {
  const SmallExperiment experiment;
  experiment.train({}, "without");
  for (const json& line : metrics(experiment, "without")) {
    CHECK_FALSE(line.contains("validation_loss"));
  }
  experiment.train(kValidated);
  for (const json& line : metrics(experiment, "run")) {
    const double error = line.at("validation_root_mean_squared_error");
    CHECK(line.at("validation_loss").get<double>() == doctest::Approx(error * error));
    CHECK(line.at("validation_total_loss") == line.at("validation_loss"));
    CHECK(line.at("validation_loss") != line.at("loss"));
  }
  const json last = metrics(experiment, "run").back();
  const json validation = result(experiment, "run").at("validation");
  CHECK(validation.at("loss") == last.at("validation_loss"));
  CHECK(validation.at("root_mean_squared_error") == last.at("validation_root_mean_squared_error"));
  CHECK(result(experiment, "run").at("chosen") == json{{"what", "nothing"}});
}

/// The epoch with the least of that figure, the first of several.
std::size_t least(const std::vector<json>& lines, const std::string& key) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].at(key).get<double>() < lines[best].at(key).get<double>()) best = i;
  }
  return best + 1;
}

TEST_CASE("program: early stopping ends the training and takes the best epoch's weights") {
  const SmallExperiment experiment;
  // The few ratings are soon learnt by heart.
  const std::string rate = "optimizer.learning_rate=0.03";
  const std::string metric = "training.early_stopping.metric=root_mean_squared_error";
  experiment.train(with({rate, metric, "training.epochs=100", "training.early_stopping.patience=4",
                         "training.checkpoint.every_epochs=1"}));
  const std::vector<json> lines = metrics(experiment, "run");
  REQUIRE(lines.size() < 100);
  const std::size_t best = least(lines, "validation_root_mean_squared_error");
  CHECK(lines.size() == best + 4);
  CHECK(best > 1);
  const json chosen = result(experiment, "run").at("chosen");
  CHECK(chosen == json{{"what", "epoch"},
                       {"epoch", best},
                       {"metric", "root_mean_squared_error"},
                       {"value", lines[best - 1].at("validation_root_mean_squared_error")},
                       {"rows", "validation"},
                       {"epochs", lines.size()},
                       {"stopped_early", true}});

  // They are the weights that a training of so many epochs ends with.
  experiment.train(with({rate, "training.epochs=" + std::to_string(best)}), "short");
  CHECK((read_file(experiment / "run" / "model.safetensors") ==
         read_file(experiment / "short" / "model.safetensors")));
  CHECK(result(experiment, "run").at("test") == result(experiment, "short").at("test"));
  // The best epoch's checkpoint is kept beside the last two.
  CHECK(experiment.entries("run/checkpoint") == 3);

  // More epochs change nothing: it stopped.
  const ProgramResult more =
      experiment.gradus({"train", "--resume", "--output", "run", "--set", "training.epochs=200"});
  INFO(more.standard_error);
  CHECK(more.exit_code == 0);
  CHECK(metrics(experiment, "run").size() == lines.size());
  CHECK(result(experiment, "run").at("chosen") == chosen);
}

TEST_CASE("program: the best weights are taken where the epochs run out, too, and trained longer") {
  const SmallExperiment experiment;
  const auto settings = [](const std::string& epochs) {
    return with({"optimizer.learning_rate=0.03", "training.epochs=" + epochs,
                 "training.early_stopping.patience=4", "training.checkpoint.every_epochs=1"});
  };
  experiment.train(settings("100"), "whole");
  const json whole = result(experiment, "whole").at("chosen");
  const int epochs = whole.at("epochs");
  for (int first = 1; first < epochs; ++first) {
    CAPTURE(first);
    std::filesystem::remove_all(experiment / "run");
    experiment.train(settings(std::to_string(first)));
    const json chosen = result(experiment, "run").at("chosen");
    CHECK(chosen.at("epochs") == first);
    CHECK(chosen.at("stopped_early") == false);
    CHECK(chosen.at("epoch") == least(metrics(experiment, "run"), "validation_loss"));
    const ProgramResult more =
        experiment.gradus({"train", "--resume", "--output", "run", "--set", "training.epochs=100"});
    INFO(more.standard_error);
    CHECK(more.exit_code == 0);
    CHECK(result(experiment, "run").at("chosen") == whole);
    for (const char* same : {"model.safetensors", "steps.jsonl"}) {
      CHECK((read_file(experiment / "run" / same) == read_file(experiment / "whole" / same)));
    }
  }
}

TEST_CASE("program: early stopping with nothing to watch is an error of the config") {
  const SmallExperiment experiment;
  check_refused(experiment, experiment.try_train({"training.early_stopping.patience=3"}), 2,
                {"config: /training/early_stopping: watches the validation rows, and there are "
                 "none: data.split has a key for them"});
  check_refused(experiment, experiment.try_train(with({"training.early_stopping.metric=accuracy"})),
                2,
                {"config: /training/early_stopping/metric: must be one of: loss, total_loss, "
                 "root_mean_squared_error, got \"accuracy\""});
  check_refused(experiment, experiment.try_train(with({"training.early_stopping.patience=-1"})), 2,
                {"config: /training/early_stopping/patience: must be a whole number from 0"});
}

}  // namespace
}  // namespace gradus::tests
