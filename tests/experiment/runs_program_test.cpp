#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

TEST_CASE(
    "program: runs lists runs, sweeps, unfinished and damaged ones, in the order of their "
    "numbers") {
  const SmallExperiment experiment;
  experiment.train({}, "runs/small-10");
  experiment.train({}, "runs/small-2");
  experiment.gradus({"train", "experiment.json", "--output", "runs/broken", "--set",
                     "optimizer.learning_rate=1e30"});
  REQUIRE(experiment
              .gradus({"train", "experiment.json", "--output", "runs/sweep", "--set",
                       R"(sweep={"over": {"optimizer.learning_rate": [0.1, 0.01]}})"})
              .exit_code == 0);
  fs::copy(experiment / "runs/small-2", experiment / "runs/damaged");
  write_file(experiment / "runs/damaged/result.json", "{\"format\": 1,");
  fs::copy(experiment / "runs/small-2", experiment / "runs/unfinished");
  fs::remove(experiment / "runs/unfinished/result.json");
  write_file(experiment / "runs/damaged_sweep/plan.json", "{");
  fs::create_directories(experiment / "runs/no_run");
  write_file(experiment / "runs/a file", "");

  const ProgramResult result = experiment.gradus({"runs", "--json"});
  REQUIRE_MESSAGE(result.exit_code == 0, result.standard_error);
  const json listed = json::parse(result.standard_output);
  CHECK(listed.at("folder") == "runs");
  std::vector<std::pair<std::string, std::string>> states;
  for (const json& run : listed.at("runs")) states.emplace_back(run.at("run"), run.at("state"));
  CHECK(states ==
        std::vector<std::pair<std::string, std::string>>{{"runs/broken", "failed"},
                                                         {"runs/damaged", "damaged"},
                                                         {"runs/damaged_sweep", "damaged sweep"},
                                                         {"runs/small-2", "finished"},
                                                         {"runs/small-10", "finished"},
                                                         {"runs/sweep", "sweep, 2 of 2 trials"},
                                                         {"runs/unfinished", "unfinished"}});
  const json whole = json::parse(read_file(experiment / "runs/small-2/result.json"));
  const json& small = listed.at("runs")[3];
  CHECK(small.at("test") == whole.at("test").at("root_mean_squared_error"));
  CHECK(small.at("figure") == "root_mean_squared_error");
  CHECK(small.at("model") == "ranking");
  CHECK(small.at("epochs") == 2);
  CHECK(small.at("validation").is_null());
  const json table = json::parse(read_file(experiment / "runs/sweep/sweep.json"));
  CHECK(listed.at("runs")[5].at("test") ==
        table.at("settings")[0].at("test").at("root_mean_squared_error").at("mean"));
  CHECK(listed.at("runs")[0].at("problem").get<std::string>().starts_with("training: the loss is"));
  CHECK(listed.at("runs")[1].at("problem").get<std::string>().starts_with(
      "runs/damaged/result.json:"));

  const ProgramResult text = experiment.gradus({"runs", "runs"});
  CHECK(text.standard_output.starts_with("run "));
  CHECK(text.standard_output.find("\nsmall-2 ") < text.standard_output.find("\nsmall-10 "));
  CHECK(text.standard_output.find("\nbroken: training: the loss is") != std::string::npos);
  const json trials =
      json::parse(experiment.gradus({"runs", "runs/sweep", "--json"}).standard_output);
  CHECK(trials.at("runs").size() == 2);
  CHECK(trials.at("runs")[1].at("run") == "runs/sweep/trials/002");
  CHECK(experiment.gradus({"runs", "runs/no_run"}).standard_output == "runs/no_run: has no runs\n");
  check_failure(experiment.gradus({"runs", "nothing"}), 1, {"nothing: is no folder"});
}

}  // namespace
}  // namespace gradus::tests
