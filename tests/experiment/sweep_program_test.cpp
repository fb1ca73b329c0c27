#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/experiment/small_sweep.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kSplit =
    R"(data.split={"kind": "random", "train": 120, "validation": 30, "test": 50, "seed": 1})";

TEST_CASE("program: a sweep's trials are the single runs, to the bit, on any number of threads") {
  const SmallExperiment experiment;
  std::vector<std::string> singles;
  for (const std::string rate : {"0.05", "0.2"}) {
    for (const std::string seed : {"7", "8", "9"}) {
      const std::string run = fmt::format("single-{}", singles.size());
      experiment.train({kSplit, "optimizer.learning_rate=" + rate, "seed=" + seed}, run);
      singles.push_back(bits_of(experiment / run));
    }
  }
  for (const std::string threads : {"1", "2", "3", "4", "8"}) {
    CAPTURE(threads);
    fs::remove_all(experiment / "sweep");
    check_done(sweep(experiment,
                     R"({"over": {"optimizer.learning_rate": [0.05, 0.2]}, "seeds": 3})",
                     {"--set", kSplit, "--threads", threads}));
    for (std::size_t i = 0; i < singles.size(); ++i) {
      CAPTURE(i);
      const fs::path run = experiment / fmt::format("sweep/trials/{:03}", i + 1);
      CHECK((bits_of(run) == singles[i]));
    }
    CHECK(experiment.entries("sweep/trials") == 6);
  }
}

TEST_CASE("program: a sweep's table has the trials' means, and chooses by validation rows alone") {
  const SmallExperiment experiment;
  const ProgramResult result = sweep(
      experiment, R"({"over": {"optimizer.learning_rate": [0.001, 0.1]}, "seeds": [3, 11, 5]})",
      {"--set", kSplit});
  check_done(result);
  const json table = table_of(experiment);
  CHECK(table.at("by") == "root_mean_squared_error");
  CHECK(table.at("rows") == "validation");
  CHECK(table.at("chosen") == json({{"what", "setting"},
                                    {"setting", 2},
                                    {"values", {{"optimizer.learning_rate", 0.1}}},
                                    {"by", "root_mean_squared_error"},
                                    {"rows", "validation"}}));
  REQUIRE(table.at("settings").size() == 2);
  CHECK(table.at("settings")[0].at("setting") == 2);
  CHECK(table.at("settings")[1].at("setting") == 1);
  REQUIRE(table.at("trials").size() == 6);
  for (const json& setting : table.at("settings")) {
    for (const char* rows : {"validation", "test"}) {
      double sum = 0;
      for (const json& trial : table.at("trials")) {
        if (trial.at("setting") != setting.at("setting")) continue;
        const json own = json::parse(
            read_file(experiment / "sweep" / trial.at("run").get<std::string>() / "result.json"));
        CHECK(own.at(rows) == trial.at(rows));
        sum += own.at(rows).at("root_mean_squared_error").get<double>();
      }
      const json& summary = setting.at(rows).at("root_mean_squared_error");
      CHECK(summary.at("n") == 3);
      const auto mean = summary.at("mean").get<double>();
      CHECK(mean == doctest::Approx(sum / 3).epsilon(1e-12));
      const double half = summary.at("interval_95")[1].get<double>() - mean;
      // t of 2 degrees of freedom
      CHECK(half == doctest::Approx(4.30265272975 * summary.at("standard_deviation").get<double>() /
                                    std::sqrt(3.0))
                        .epsilon(1e-9));
    }
  }
  const json& other = table.at("settings")[1];
  CHECK(other.at("best_minus_this").at("n") == 3);
  CHECK(other.at("best_minus_this").at("mean") < 0);
  CHECK(other.at("p") < 0.05);
  CHECK(other.at("p_holm") == other.at("p"));
  for (const char* part :
       {"chosen by root_mean_squared_error of validation rows: "
        "optimizer.learning_rate=0.1\n",
        "a paired t-test over seeds, corrected for 1 (Holm)\n", "95% interval"}) {
    CAPTURE(part);
    CHECK(result.standard_output.find(part) != std::string::npos);
  }
  CHECK(result.standard_error.find("trial 6 of 6: ") != std::string::npos);

  const ProgramResult ranked =
      experiment.gradus({"rank", "sweep/trials/004", "--user", "3", "--top", "2"});
  CHECK(ranked.exit_code == 0);
  CHECK(experiment.gradus({"evaluate", "sweep/trials/004"}).exit_code == 0);
}

TEST_CASE("program: without validation rows a sweep shows its table and chooses nothing") {
  const SmallExperiment experiment;
  const ProgramResult several =
      sweep(experiment, R"({"over": {"model.layers": [[8], [4, 4]]}, "seeds": 2})");
  check_done(several);
  CHECK(several.standard_output.find("nothing is chosen: data.split gives no validation rows\n") !=
        std::string::npos);
  CHECK(table_of(experiment).at("chosen") == json({{"what", "nothing"}}));
  CHECK(table_of(experiment).at("rows") == "test");

  fs::remove_all(experiment / "sweep");
  const ProgramResult seeds = experiment.gradus(
      {"train", "experiment.json", "--output", "sweep", "--set", "sweep.seeds=4", "--json"});
  check_done(seeds);
  const json out = json::parse(seeds.standard_output);
  CHECK(out.at("sweep") == "sweep");
  CHECK(out.at("settings")[0].at("test").at("root_mean_squared_error").at("n") == 4);
  std::set<int> used;
  for (const json& trial : out.at("trials")) used.insert(trial.at("seed").get<int>());
  CHECK(used == std::set<int>{7, 8, 9, 10});
}

TEST_CASE(
    "program: a sweep over folds tests each row once, and its clean figure is each fold's own") {
  const SmallExperiment experiment;
  const ProgramResult result =
      sweep(experiment,
            R"({"over": {"optimizer.learning_rate": [0.01, 0.1]}, "seeds": 2, "folds": true})",
            {"--set", R"(data.split={"kind": "k_folds", "folds": 4, "validation": 20})"});
  check_done(result);
  const json table = table_of(experiment);
  CHECK(table.at("trials").size() == 16);
  int tested = 0;
  for (const json& trial : table.at("trials")) {
    if (trial.at("setting") == 1 && trial.at("seed") == 7) {
      tested += trial.at("test").at("rows").get<int>();
    }
  }
  CHECK(tested == 200);
  CHECK(table.at("settings")[0].at("test").at("loss").at("n") == 8);
  CHECK(table.at("chosen").at("test_where_each_fold_chooses").at("n") == 4);
  CHECK(result.standard_output.find("where each fold chooses by its own validation rows: test ") !=
        std::string::npos);
}

TEST_CASE("program: a failed trial is reported and does not end the others; a sweep resumes") {
  const SmallExperiment experiment;
  const std::string plan =
      R"({"over": {"optimizer.learning_rate": [0.1, 1e30]}, "seeds": 2, "by": "loss"})";
  const ProgramResult failed =
      sweep(experiment, plan, {"--set", kSplit, "--set", "optimizer.kind=sgd"});
  CHECK(failed.exit_code == 1);
  CHECK(failed.standard_output.find("optimizer.learning_rate=1e+30") != std::string::npos);
  CHECK(failed.standard_error.find(
            "\ngradus: 2 of 4 trials failed, first trials/003: training: ") != std::string::npos);
  const json table = table_of(experiment);
  CHECK(table.at("trials")[0].at("state") == "done");
  CHECK(table.at("trials")[2].at("state") == "failed");
  CHECK(table.at("trials")[3].at("error").get<std::string>().starts_with("training: the loss is"));
  CHECK(table.at("settings")[1].at("failed") == 2);
  CHECK(table.at("settings")[0].at("validation").at("loss").at("n") == 2);

  // Broken off: one trial without its result, one not begun, no table.
  fs::remove_all(experiment / "sweep");
  check_done(sweep(experiment, R"({"seeds": 4})"));
  const json before = table_of(experiment);
  std::vector<std::string> bits;
  for (int i = 1; i <= 4; ++i) {
    bits.push_back(bits_of(experiment / fmt::format("sweep/trials/{:03}", i)));
  }
  fs::remove(experiment / "sweep/trials/002/result.json");
  fs::remove(experiment / "sweep/trials/002/model.json");
  fs::remove_all(experiment / "sweep/trials/004");
  fs::remove(experiment / "sweep/sweep.json");
  write_file(experiment / "sweep/trials/001/mark", "untouched");
  write_file(experiment / "sweep/trials/002/mark", "to be removed");
  const ProgramResult resumed = experiment.gradus({"train", "--resume", "--output", "sweep"});
  check_done(resumed);
  for (int i = 1; i <= 4; ++i) {
    CAPTURE(i);
    CHECK((bits_of(experiment / fmt::format("sweep/trials/{:03}", i)) ==
           bits[static_cast<std::size_t>(i - 1)]));
  }
  CHECK(fs::exists(experiment / "sweep/trials/001/mark"));
  CHECK_FALSE(fs::exists(experiment / "sweep/trials/002/mark"));
  CHECK(table_of(experiment).at("settings") == before.at("settings"));
}

TEST_CASE("program: tune draws settings, chooses by validation rows, and keeps to its budget") {
  const SmallExperiment experiment;
  const std::string over =
      R"("over": {"optimizer.learning_rate": {"log_uniform": [0.001, 1]}, "model.layers": [[4], [8]]})";
  const auto tune = [&](const std::string& plan, const std::vector<std::string>& more) {
    fs::remove_all(experiment / "sweep");
    std::vector<std::string> arguments = {
        "tune", "experiment.json", "--output", "sweep", "--set", kSplit, "--set", "sweep=" + plan};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return experiment.gradus(arguments);
  };
  check_done(tune(R"({"kind": "random", )" + over + "}", {"--trials", "5"}));
  const json drawn = table_of(experiment);
  CHECK(drawn.at("trials").size() == 5);
  CHECK(drawn.at("chosen").at("rows") == "validation");
  std::set<std::string> values;
  double least = 1e9;
  for (const json& setting : drawn.at("settings")) {
    values.insert(setting.at("values").dump());
    least = std::min(
        least, setting.at("validation").at("root_mean_squared_error").at("mean").get<double>());
  }
  CHECK(values.size() == 5);
  CHECK(drawn.at("settings")[0].at("validation").at("root_mean_squared_error").at("mean") == least);

  // A budget of no time trains what was begun, which is nothing.
  const ProgramResult none =
      tune(R"({"kind": "random", )" + over + "}", {"--minutes", "0.0000001"});
  check_done(none);
  CHECK(none.standard_output.find("\nsettings that were not begun: 1,000\n") != std::string::npos);
  CHECK(none.standard_output.find("learning_rate=") == std::string::npos);
  CHECK(table_of(experiment).at("trials").size() == 1000);
  CHECK(table_of(experiment).at("trials")[0].at("state") == "not begun");
  CHECK(table_of(experiment).at("chosen") == json({{"what", "nothing"}}));

  check_done(tune(R"({"kind": "halving", "trials": 9, "factor": 3, )" + over + "}",
                  {"--set", "training.epochs=9"}));
  const json halved = table_of(experiment);
  CHECK(halved.at("trials").size() == 9 + 3 + 1);
  std::vector<int> epochs;
  for (const json& trial : halved.at("trials")) epochs.push_back(trial.at("epochs"));
  CHECK(epochs == std::vector<int>{1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 9});
  CHECK(halved.at("chosen").at("setting") == halved.at("trials")[12].at("setting"));
  // The three that go on are those of the least validation figures.
  std::vector<std::pair<double, int>> first;
  for (int i = 0; i < 9; ++i) {
    const json& trial = halved.at("trials")[static_cast<std::size_t>(i)];
    first.emplace_back(trial.at("validation").at("root_mean_squared_error"), trial.at("setting"));
  }
  std::ranges::sort(first);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(halved.at("trials")[9 + i].at("setting") == first[i].second);
  }
  // The last rung is the whole training.
  const json& values_of_last = halved.at("settings")[0].at("values");
  experiment.train(
      {kSplit, "training.epochs=9",
       "optimizer.learning_rate=" + values_of_last.at("optimizer.learning_rate").dump(),
       "model.layers=" + values_of_last.at("model.layers").dump()},
      "single");
  CHECK((bits_of(experiment / "sweep/trials/013") == bits_of(experiment / "single")));
}

TEST_CASE("program: a sweep that is wrong is refused before anything is trained") {
  const SmallExperiment experiment;
  struct Refused {
    const char* plan;
    const char* text;
  };
  for (const Refused& refused : {
           Refused{"3", "config: /sweep: must be an object, got 3"},
           {R"({"kind": "gird"})",
            "config: /sweep/kind: must be one of: grid, list, random, halving, got \"gird\""},
           {R"({"ower": {}})", "config: /sweep/ower: unknown key; did you mean \"over\"?"},
           {R"({"seeds": [1, 1]})",
            "config: /sweep/seeds: must be a count from 1 to 100000, or a "},
           {R"({"seeds": 0})", "config: /sweep/seeds: must be "},
           {R"({"folds": true})",
            "config: /sweep/folds: needs a data.split of kind k_folds, got random"},
           {R"({"by": "rmse"})",
            "config: /sweep/by: must be one of: loss, root_mean_squared_error, "
            "got \"rmse\""},
           {R"({"kind": "list"})", "config: /sweep/settings: is missing"},
           {R"({"kind": "random"})", "config: /sweep/trials: is missing"},
           {R"({"over": {"seed": [1, 2]}})", "config: /sweep: seed is varied by \"seeds\""},
           {R"({"over": {"optimizer.learning_rate": [0.1, -1]}})",
            "sweep, optimizer.learning_rate=-1: config: /optimizer/learning_rate: must be a number "
            "above 0, got -1"},
           {R"({"over": {"optimizer.learning_rat": [1]}})",
            "config: /optimizer/learning_rat: unknown key; did you mean \"learning_rate\"?"},
           {R"({"kind": "halving", "trials": 2})",
            "config: /data/split: gives no validation rows, which settings are chosen by"},
       }) {
    const std::string plan = refused.plan;
    const std::string text = refused.text;
    CAPTURE(plan);
    check_refused(experiment, sweep(experiment, plan), 2, {text});
    if (text.find("trials: is missing") != std::string::npos) continue;  // left to tune
    if (text.find("validation rows") != std::string::npos) continue;     // seen in the data
    check_refused(experiment,
                  experiment.gradus({"validate", "experiment.json", "--set", "sweep=" + plan}), 2,
                  {text});
  }
  check_refused(
      experiment,
      experiment.gradus({"tune", "experiment.json", "--output", "sweep", "--set", "sweep.seeds=2"}),
      2, {"config: /sweep/kind: must be random or halving to tune, got grid"});
  check_refused(experiment, experiment.gradus({"tune", "experiment.json", "--output", "sweep"}), 2,
                {"config: /sweep: is missing (in experiment.json)"});
  check_refused(experiment, experiment.gradus({"train", "--resume", "--output", "nowhere"}), 1,
                {"nowhere: is no run directory (it has no config.json)"});
}

TEST_CASE("program: paths among a sweep's values start from the folder of its file") {
  const SmallExperiment experiment;
  experiment.train({"seed=7"}, "first");
  fs::create_directory(experiment / "below");
  fs::copy(experiment / "first/model.safetensors", experiment / "below/weights.safetensors");
  write_file(experiment / "below/sweep.json", R"({"extends": "../experiment.json", "sweep": {
      "over": {"model.initial_weights": ["weights.safetensors", ""]}}})");
  check_done(experiment.gradus({"train", "below/sweep.json", "--output", "sweep"}));
  const json config = json::parse(read_file(experiment / "sweep/trials/001/config.json"));
  CHECK(config.at("model").at("initial_weights") ==
        fs::weakly_canonical(experiment / "below/weights.safetensors").string());
  write_file(experiment / "below/wrong.json", R"({"extends": "../experiment.json", "sweep": {
      "over": {"training.epochs": [1, 0]}}})");
  check_failure(experiment.gradus({"train", "below/wrong.json"}), 2,
                {"training.epochs=0: config: /training/epochs: must be a whole number from 1",
                 "(in below/wrong.json)"});
}

TEST_CASE("program: settings may differ in their split, vocabulary and batches") {
  const SmallExperiment experiment;
  const ProgramResult result =
      sweep(experiment,
            R"({"kind": "list", "settings": [{"data.split.seed": 1}, {"data.split.seed": 2},
          {"data.vocabulary": "train"}, {"data.split.train": 100, "data.batch_size": 16}]})");
  check_done(result);
  CHECK(table_of(experiment).at("trials").size() == 4);
  experiment.train({"data.split.train=100", "data.batch_size=16"}, "single");
  CHECK((bits_of(experiment / "sweep/trials/004") == bits_of(experiment / "single")));
  experiment.train({"data.vocabulary=train"}, "known");
  CHECK((bits_of(experiment / "sweep/trials/003") == bits_of(experiment / "known")));
}

}  // namespace
}  // namespace gradus::tests
