#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

constexpr int kRows = 200;

/// A small experiment whose ratings have a time: row i at i / 2, so that two rows share each.
class TimedExperiment {
 public:
  explicit TimedExperiment(const std::vector<std::string>& more = {}) : settings_(more) {
    json config = json::parse(read_file(experiment_ / "experiment.json"));
    config["data"]["columns"].push_back({{"name", "when"}, {"kind", "timestamp"}});
    config["data"].erase("split");
    write_file(experiment_ / "experiment.json", config.dump());
    write(-1);
  }

  /// Trains on ratings of which one row's has another rating, and gives the model's bytes.
  std::string model_with_other(int row) {
    write(row);
    const std::string run = fmt::format("run-{}", ++runs_);
    experiment_.train(settings_, run);
    return read_file(experiment_ / run / "model.safetensors");
  }

  const SmallExperiment& operator*() const { return experiment_; }

 private:
  void write(int other) const {
    std::string out = "user_id,movie_title,user_rating,when\n";
    for (int i = 0; i < kRows; ++i) {
      out += fmt::format("{},Film {:02},{},{}\n", i % 17, i * 7 % 23,
                         i == other ? 9 : 1 + i * i % 5, i / 2);
    }
    write_file(experiment_ / "ratings.csv", out);
  }

  SmallExperiment experiment_;
  std::vector<std::string> settings_;
  int runs_ = 0;
};

json result_of(const SmallExperiment& experiment, const std::string& run) {
  return json::parse(read_file(experiment / run / "result.json"));
}

TEST_CASE("program: what a time split tests or validates on changes no bit of the model") {
  TimedExperiment timed(
      {R"(data.split={"kind": "time", "validation": 20, "test": 41})", "data.vocabulary=train"});
  const std::string model = timed.model_with_other(-1);
  // 42 rows are tested, since two share a moment: from row 158 on; 20 before those are validated.
  for (const int row : {199, 170, 158, 157, 138}) {
    CAPTURE(row);
    CHECK((timed.model_with_other(row) == model));
  }
  for (const int row : {137, 0}) {
    CAPTURE(row);
    CHECK_FALSE((timed.model_with_other(row) == model));
  }
}

TEST_CASE("program: leaving the last out and folds train on no tested row, either") {
  TimedExperiment last({R"(data.split={"kind": "leave_last_out", "validation": true})"});
  const std::string left = last.model_with_other(-1);
  // 17 users in turns: the last of each are rows 183 to 199, those before 166 to 182.
  for (const int row : {199, 183, 182, 166}) CHECK((last.model_with_other(row) == left));
  CHECK_FALSE((last.model_with_other(165) == left));

  TimedExperiment folds({R"(data.split={"kind": "k_folds", "folds": 2, "fold": 2, "seed": 3})"});
  const std::string fold = folds.model_with_other(-1);
  int unmoved = 0;
  for (int row = 0; row < 20; ++row) unmoved += folds.model_with_other(row) == fold ? 1 : 0;
  CHECK(unmoved > 2);
  CHECK(unmoved < 18);
}

TEST_CASE(
    "program: validation rows are measured beside the test's, and nothing is chosen by these") {
  const SmallExperiment experiment;
  const ProgramResult trained = experiment.try_train(
      {R"(data.split={"kind": "random", "train": 120, "validation": 30, "test": 50, "seed": 1})"});
  REQUIRE_MESSAGE(trained.exit_code == 0, trained.standard_error);
  CHECK(trained.standard_error.find("120 training, 30 validation and 50 test rows, csv\n") !=
        std::string::npos);
  const json result = result_of(experiment, "run");
  CHECK(result.at("validation").at("rows") == 30);
  CHECK(result.at("test").at("rows") == 50);
  CHECK(result.at("chosen") == json({{"what", "nothing"}}));
  const auto error = result.at("validation").at("root_mean_squared_error").get<double>();
  CHECK(error > 0.5);
  CHECK(error < 3);
  CHECK(error != result.at("test").at("root_mean_squared_error").get<double>());
  CHECK(trained.standard_output.find(
            fmt::format("30 validation rows: root_mean_squared_error {:.4f}, loss {:.4f}\n", error,
                        result.at("validation").at("loss").get<double>())) != std::string::npos);

  // The same model on the same rows, as the test of another split of the same permutation.
  write_file(experiment / "other.json", read_file(experiment / "experiment.json"));
  const ProgramResult other =
      experiment.gradus({"train", "other.json", "--output", "other", "--set",
                         R"(data.split={"kind": "random", "train": 120, "test": 30, "seed": 1})"});
  REQUIRE(other.exit_code == 0);
  CHECK((read_file(experiment / "other" / "model.safetensors") ==
         read_file(experiment / "run" / "model.safetensors")));
  json as_test = result_of(experiment, "other").at("test");
  CHECK(as_test == result.at("validation"));
  CHECK_FALSE(result_of(experiment, "other").contains("validation"));

  const ProgramResult evaluated = experiment.gradus({"evaluate", "run", "--json"});
  REQUIRE(evaluated.exit_code == 0);
  CHECK(json::parse(evaluated.standard_output).at("validation") == result.at("validation"));

  const ProgramResult checked =
      experiment.gradus({"validate", "run/config.json", "--data", "--json"});
  REQUIRE(checked.exit_code == 0);
  CHECK(json::parse(checked.standard_output).at("rows") ==
        json({{"all", 200}, {"train", 120}, {"validation", 30}, {"test", 50}}));
  CHECK(experiment.gradus({"validate", "run/config.json", "--data"})
            .standard_output.ends_with(
                "200 rows, 120 for training, 30 for validation, 50 for the test\n"));
}

TEST_CASE("program: a split by time of data without times is refused by its pointer") {
  const SmallExperiment experiment;
  for (const std::string kind : {"time", "leave_last_out"}) {
    CAPTURE(kind);
    check_refused(experiment,
                  experiment.try_train({fmt::format(R"(data.split={{"kind": "{}"}})", kind)}), 2,
                  {"config: /data/split/kind: " + kind + " needs a timestamp column, which ",
                   "ratings.csv does not have"});
  }
}

}  // namespace
}  // namespace gradus::tests
