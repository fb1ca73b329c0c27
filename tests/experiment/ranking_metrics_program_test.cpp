#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

const std::string kMetrics =
    "task.metrics=[\"auc\",\"root_mean_squared_error\",\"ndcg@3\",\"grouped_auc\",\"calibration\"]";
const std::vector<std::string> kRanking = {kMetrics, "task.relevant_label=4"};

std::vector<std::string> with(std::vector<std::string> settings) {
  settings.insert(settings.begin(), kRanking.begin(), kRanking.end());
  return settings;
}

json result(const SmallExperiment& experiment, const std::string& run = "run") {
  return json::parse(read_file(experiment / run / "result.json"));
}

/// The lines of metrics.jsonl, less their times.
std::vector<json> metrics(const SmallExperiment& experiment) {
  std::vector<json> out;
  std::istringstream text(read_file(experiment / "run" / "metrics.jsonl"));
  for (std::string line; std::getline(text, line);) {
    out.push_back(json::parse(line));
    out.back().erase("seconds");
  }
  return out;
}

TEST_CASE("program: metrics of the order within groups stand beside those of the baselines") {
  const SmallExperiment experiment;
  experiment.train(kRanking);
  const json run = result(experiment);
  for (const char* name : {"auc", "ndcg@3", "grouped_auc"}) {
    CAPTURE(name);
    const double model = run.at("test").at(name);
    CHECK((model > 0 && model < 1));
    CHECK(metrics(experiment).back().at(name).is_number());
    CHECK(run.at("baselines").at("damped_biases").at(name).is_number());
  }
  CHECK(run.at("baselines").at("constant_mean").at("auc") == 0.5);
  CHECK(run.at("baselines").at("constant_mean").at("grouped_auc") == 0.5);
  experiment.train(with({"task.group=movie_title"}), "by_film");
  const json by_film = result(experiment, "by_film").at("test");
  CHECK(by_film.at("auc") == run.at("test").at("auc"));
  CHECK(by_film.at("ndcg@3") != run.at("test").at("ndcg@3"));
}

TEST_CASE(
    "program: another file's rows are grouped, too, by a column that the model does not read") {
  const SmallExperiment experiment;
  std::istringstream lines(read_file(experiment / "ratings.csv"));
  std::string part;
  std::string train;
  std::string test;
  int row = -1;
  for (std::string line; std::getline(lines, line); ++row) {
    if (row < 0 || row >= 160) part += line + "\n";
    if (row >= 0) (row < 160 ? train : test) += std::to_string(row) + "\n";
  }
  write_file(experiment / "part.csv", part);
  write_file(experiment / "train.txt", train);
  write_file(experiment / "test.txt", test);
  experiment.train(with({R"(data.split={"kind":"rows","train":"train.txt","test":"test.txt"})",
                         R"(model.features=["movie_title"])", "data.vocabulary=train"}));
  const ProgramResult other =
      experiment.gradus({"evaluate", "run", "--data", "part.csv", "--json"});
  INFO(other.standard_error);
  REQUIRE(other.exit_code == 0);
  const json own = result(experiment).at("test");
  const json read = json::parse(other.standard_output).at("test");
  for (const char* name : {"auc", "ndcg@3", "grouped_auc", "calibration"}) {
    CAPTURE(name);
    CHECK(read.at(name) == own.at(name));
  }
  const ProgramResult predicted =
      experiment.gradus({"predict", "run"}, "{\"movie_title\": \"Film 01\"}\n");
  CHECK(predicted.exit_code == 0);
}

TEST_CASE(
    "program: metrics that need all rows go on in the middle of an epoch to the same figures") {
  namespace fs = std::filesystem;
  const SmallExperiment experiment;
  experiment.train(with({"training.checkpoint.every_steps=3", "training.checkpoint.keep=9"}));
  const std::vector<json> whole = metrics(experiment);
  const json figures = result(experiment).at("test");
  for (const char* file : {"result.json", "model.json", "model.safetensors",
                           "checkpoint/step-000000010.safetensors"}) {
    REQUIRE(fs::remove(experiment / "run" / file));
  }
  REQUIRE(fs::exists(experiment / "run/checkpoint/step-000000009.safetensors"));
  const ProgramResult resumed = experiment.gradus({"train", "--resume", "--output", "run"});
  INFO(resumed.standard_error);
  CHECK(resumed.exit_code == 0);
  CHECK(metrics(experiment) == whole);
  CHECK(result(experiment).at("test") == figures);
}

TEST_CASE("program: what the rows do not define is null, and nothing can be chosen by it") {
  const SmallExperiment experiment;
  experiment.train({kMetrics, "task.relevant_label=9"});
  const json run = result(experiment);
  CHECK(run.at("test").at("auc").is_null());
  CHECK(run.at("test").at("grouped_auc").is_null());
  CHECK(run.at("test").at("ndcg@3").is_number());
  const std::vector<std::string> validated = {kMetrics, "data.split.train=120",
                                              "data.split.validation=40",
                                              "training.early_stopping.patience=1"};
  const auto watched = [&](const std::string& metric, const std::string& more) {
    std::vector<std::string> settings = validated;
    settings.push_back("training.early_stopping.metric=" + metric);
    settings.push_back(more);
    std::vector<std::string> words = {"train", "experiment.json", "--output", "watched/" + metric};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    return experiment.gradus(words);
  };
  check_failure(watched("calibration", "seed=1"), 2,
                {"/training/early_stopping/metric: must be one of: loss, total_loss, auc",
                 "grouped_auc, got \"calibration\""});
  check_failure(watched("auc", "task.relevant_label=9"), 2,
                {"/training/early_stopping/metric: the validation rows define no auc"});
  const ProgramResult higher = watched("ndcg@3", "task.relevant_label=4");
  INFO(higher.standard_error);
  CHECK(higher.exit_code == 0);
}

TEST_CASE("program: groups are a column of ids") {
  const SmallExperiment experiment;
  check_refused(experiment, experiment.try_train(with({"task.group=user_rating"})), 2,
                {"/task/group: column \"user_rating\" is of kind label, ids are required"});
  check_refused(experiment, experiment.try_train(with({"task.group=user"})), 2,
                {"/task/group: ", "no column \"user\"", "user_id"});
  check_refused(
      experiment, experiment.try_train(with({"data.columns.0.kind=id"})), 2,
      {"/task/group: ndcg@3 compares the rows of a group, and there is no user column: name a "
       "column of ids"});
}

}  // namespace
}  // namespace gradus::tests
