#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

json result_of(const SmallExperiment& experiment, const std::string& run = "run") {
  return json::parse(read_file(experiment / run / "result.json"));
}

/// 200 rows of user, item, whether it was clicked, how often it was shown, and two further ids.
void write_clicks(const SmallExperiment& experiment, char delimiter) {
  std::string out = "user,item,clicked,shown,place,hour\n";
  for (int i = 0; i < 200; ++i) {
    out += fmt::format("u{},i{},{},{},{},{}\n", i % 17, i * 7 % 23, (i % 17 + i * 7 % 23) % 2,
                       1 + i % 3, i % 2 == 0 ? "top" : "", i % 24);
  }
  for (char& c : out) {
    if (c == ',') c = delimiter;
  }
  write_file(experiment / "clicks.csv", out);
}

json clicks_config() {
  return json::parse(R"({
    "data": {"source": "csv", "path": "clicks.csv",
             "columns": [{"name": "user", "kind": "user"}, {"name": "item", "kind": "item"},
                         {"name": "clicked", "kind": "label"}],
             "split": {"kind": "random", "train": 0.8, "test": 0.2}, "batch_size": 32},
    "model": {"kind": "ranking", "embedding_dimension": 4, "layers": [8]},
    "task": {"kind": "ranking", "loss": "binary_cross_entropy"},
    "optimizer": {"kind": "adagrad", "learning_rate": 0.1},
    "training": {"epochs": 2}
  })");
}

TEST_CASE("program: click labels are learnt from logits and predicted as probabilities") {
  const SmallExperiment experiment;
  write_clicks(experiment, ',');
  write_file(experiment / "experiment.json", clicks_config().dump());
  experiment.train();
  const json result = result_of(experiment);
  const json& test = result.at("test");
  CHECK(test.contains("log_loss"));
  CHECK(test.contains("accuracy"));
  CHECK_FALSE(test.contains("root_mean_squared_error"));
  CHECK(test.at("log_loss").get<double>() == doctest::Approx(test.at("loss").get<double>()));
  const double accuracy = test.at("accuracy");
  CHECK(accuracy >= 0);
  CHECK(accuracy <= 1);
  CHECK(result.at("baselines").at("constant_mean").at("log_loss").get<double>() ==
        doctest::Approx(0.693).epsilon(0.1));
  const ProgramResult predicted =
      experiment.gradus({"predict", "run", "--input", "clicks.csv", "--json"});
  REQUIRE(predicted.exit_code == 0);
  std::istringstream lines(predicted.standard_output);
  int rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    const double probability = json::parse(line).at("prediction");
    CHECK(probability > 0);
    CHECK(probability < 1);
  }
  CHECK(rows == 200);
}

TEST_CASE("program: sample weights change what is learnt and measured") {
  const SmallExperiment experiment;
  write_clicks(experiment, ',');
  json config = clicks_config();
  write_file(experiment / "experiment.json", config.dump());
  experiment.train();
  config["data"]["columns"].push_back({{"name", "shown"}, {"kind", "weight"}});
  write_file(experiment / "experiment.json", config.dump());
  experiment.train({}, "weighted");
  CHECK(result_of(experiment).at("test").at("loss") !=
        result_of(experiment, "weighted").at("test").at("loss"));
  // Without its weights, a file for evaluation is refused.
  write_file(experiment / "new.csv", "user,item,clicked\nu1,i1,1\n");
  check_failure(experiment.gradus({"evaluate", "weighted", "--data", "new.csv"}), 1,
                {"new.csv:1: no column \"shown\""});
  CHECK(experiment.gradus({"evaluate", "run", "--data", "new.csv"}).exit_code == 0);
  write_file(experiment / "new.csv", "user,item,clicked,shown\nu1,i1,1,-1\n");
  check_failure(experiment.gradus({"evaluate", "weighted", "--data", "new.csv"}), 1,
                {"new.csv:2: shown: \"-1\" is negative"});
}

TEST_CASE("program: a TSV file gives the bits of the same CSV file") {
  const SmallExperiment experiment;
  write_clicks(experiment, ',');
  write_file(experiment / "experiment.json", clicks_config().dump());
  experiment.train();
  write_clicks(experiment, '\t');
  experiment.train({"data.delimiter=\"\\t\""}, "tabs");
  CHECK((read_file(experiment / "run" / "model.safetensors") ==
         read_file(experiment / "tabs" / "model.safetensors")));
  // Rows to be predicted are delimited as the run's own are.
  const ProgramResult predicted = experiment.gradus({"predict", "tabs", "--input", "clicks.csv"});
  CHECK(predicted.exit_code == 0);
  CHECK(predicted.standard_output.starts_with("user\titem\tprediction\tunknown\nu0\ti0\t"));
}

TEST_CASE("program: model.features adds id columns, which predict then needs") {
  const SmallExperiment experiment;
  write_clicks(experiment, ',');
  json config = clicks_config();
  config["data"]["columns"].push_back({{"name", "place"}, {"kind", "id"}});
  config["data"]["columns"].push_back({{"name", "hour"}, {"kind", "id"}});
  config["model"]["features"] = {"hour", "user", "item", "place"};
  write_file(experiment / "experiment.json", config.dump());
  experiment.train();
  const std::string pair = R"({"user": "u1", "item": "i1", "place": "")";
  const ProgramResult predicted = experiment.gradus({"predict", "run"}, pair + ", \"hour\": 25}");
  CHECK(predicted.exit_code == 0);
  CHECK(json::parse(predicted.standard_output).at("unknown") == json::array({"hour"}));
  check_failure(experiment.gradus({"predict", "run"}, pair + "}"), 1, {"\"hour\" is missing"});
  const ProgramResult ranked = experiment.gradus({"rank", "run", "--user", "u1", "--json"});
  CHECK(ranked.exit_code == 0);
  CHECK(json::parse(ranked.standard_output).at("unknown") == json({"place", "hour"}));
  CHECK(ranked.standard_error == "place is unknown to the model\nhour is unknown to the model\n");
}

TEST_CASE("program: a number column is no feature to look up, and not needed where none reads it") {
  const SmallExperiment experiment;
  write_clicks(experiment, ',');
  json config = clicks_config();
  config["data"]["columns"].push_back({{"name", "shown"}, {"kind", "number"}});
  config["data"]["columns"].push_back({{"name", "hour"}, {"kind", "number"}});
  config["model"]["features"] = {"user", "shown"};
  write_file(experiment / "experiment.json", config.dump());
  check_failure(experiment.try_train({}), 2,
                {"config: /model/features: column \"shown\" is of kind number, which has no ids; "
                 "the id columns: user, item"});
  experiment.train({"model.features=[\"user\",\"item\"]"});
  CHECK(json::parse(read_file(experiment / "run" / "model.json")).at("numbers") ==
        json({"shown", "hour"}));
  CHECK(experiment.gradus({"evaluate", "run"}).exit_code == 0);
  const ProgramResult predicted =
      experiment.gradus({"predict", "run"}, R"({"user": "u1", "item": "i1"})");
  CHECK(predicted.exit_code == 0);
  CHECK(json::parse(predicted.standard_output).at("unknown").empty());
}

TEST_CASE("program: without user and item columns, what needs them is left out and said") {
  const SmallExperiment experiment;
  write_clicks(experiment, ',');
  json config = clicks_config();
  config["data"]["columns"] = {{{"name", "place"}, {"kind", "id"}},
                               {{"name", "hour"}, {"kind", "id"}},
                               {{"name", "clicked"}, {"kind", "label"}}};
  write_file(experiment / "experiment.json", config.dump());
  check_failure(experiment.try_train({}), 2,
                {"/model/features: the data has no user and no item column"});
  config["model"]["features"] = {"place", "hour"};
  write_file(experiment / "experiment.json", config.dump());
  const ProgramResult trained = experiment.try_train({});
  REQUIRE(trained.exit_code == 0);
  CHECK(trained.standard_output.find(
            "no user and item column: no damped biases and no order correlation\n") !=
        std::string::npos);
  const json result = result_of(experiment);
  CHECK(result.at("baselines").size() == 1);
  CHECK(result.at("baselines").contains("constant_mean"));
  CHECK(result.at("spread").size() == 1);
  CHECK(result.at("spread").contains("prediction_standard_deviation"));
  check_failure(experiment.gradus({"rank", "run", "--user", "u1"}), 1,
                {"rank: run was trained on data without a user and an item column"});
  CHECK(experiment.gradus({"predict", "run"}, "{\"place\": \"top\", \"hour\": \"1\"}").exit_code ==
        0);
}

}  // namespace
}  // namespace gradus::tests
