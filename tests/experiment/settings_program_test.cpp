#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json run_json(const SmallExperiment& experiment, const std::vector<std::string>& arguments) {
  const ProgramResult result = experiment.gradus(arguments);
  INFO(result.standard_error);
  REQUIRE(result.exit_code == 0);
  return json::parse(result.standard_output);
}

TEST_CASE("program: --set overrides, adds and appends, the last one wins") {
  const SmallExperiment experiment;
  std::vector<std::string> arguments = {"validate", "experiment.json", "--json"};
  for (const char* setting :
       {"seed=1", "/seed=9", "model.layers.0=5", "/model/layers/1=6", "name=mine",
        "training.epochs=3", "optimizer={\"kind\": \"sgd\", \"learning_rate\": 0.5}",
        "task.metrics=[\"mean_absolute_error\"]", "data.split.train=0.5", "name=\"12\""}) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  const json out = run_json(experiment, arguments);
  CHECK(out.at("valid") == true);
  const json& config = out.at("config");
  CHECK(config.at("seed") == 9);
  CHECK(config.at("name") == "12");
  CHECK(config.at("model").at("layers") == json({5, 6}));
  CHECK(config.at("optimizer").at("kind") == "sgd");
  CHECK(config.at("optimizer").at("learning_rate") == 0.5);
  CHECK(config.at("task").at("metrics") == json::array({"mean_absolute_error"}));
  CHECK(config.at("training").at("epochs") == 3);
  CHECK(config.at("data").at("split").at("train") == 0.5);
}

TEST_CASE("program: $schema is accepted where a config starts, and nowhere else") {
  const SmallExperiment experiment;
  json config = json::parse(read_file(experiment / "experiment.json"));
  config["$schema"] = "https://example.org/experiment.schema.json";
  write_file(experiment / "experiment.json", config.dump());
  CHECK(experiment.gradus({"validate", "experiment.json"}).exit_code == 0);
  experiment.train();
  config["model"]["$schema"] = "x";
  write_file(experiment / "experiment.json", config.dump());
  check_failure(experiment.gradus({"validate", "experiment.json"}), 2,
                {"/model/$schema: unknown key"});
}

TEST_CASE("program: paths start from the file that names them, in --set from the current folder") {
  const SmallExperiment experiment;
  fs::create_directory(experiment / "sub");
  fs::copy(experiment / "ratings.csv", experiment / "sub" / "other.csv");
  const auto validate = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"validate", "../experiment.json", "--data", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_gradus(arguments, {.working_folder = experiment / "sub"});
  };
  const ProgramResult file = validate({});
  REQUIRE(file.exit_code == 0);
  CHECK(json::parse(file.standard_output).at("config").at("data").at("path") ==
        fs::canonical(experiment / "ratings.csv").string());
  const ProgramResult typed = validate({"--set", "data.path=other.csv"});
  REQUIRE(typed.exit_code == 0);
  CHECK(json::parse(typed.standard_output).at("config").at("data").at("path") ==
        fs::canonical(experiment / "sub" / "other.csv").string());
  CHECK(validate({"--set", "data.path=ratings.csv"}).exit_code == 1);
}

TEST_CASE("program: runs are numbered in the current folder, also by processes at once") {
  const SmallExperiment experiment;
  const auto train = [&](const std::string& name) {
    std::vector<std::string> arguments = {"train", "experiment.json", "--json"};
    if (!name.empty()) arguments.insert(arguments.end(), {"--set", "name=" + name});
    return run_json(experiment, arguments).at("run").get<std::string>();
  };
  CHECK(train("") == "runs/experiment-1");
  CHECK(train("") == "runs/experiment-2");
  fs::remove_all(experiment / "runs" / "experiment-1");
  CHECK(train("") == "runs/experiment-1");
  CHECK(train("my run") == "runs/my run-1");

  std::vector<ProgramResult> results(4);
  std::vector<std::thread> threads;
  threads.reserve(results.size());
  for (ProgramResult& result : results) {
    threads.emplace_back([&experiment, &result] {
      result = experiment.gradus({"train", "experiment.json", "--set", "name=x", "--json"});
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> runs;
  for (const ProgramResult& result : results) {
    REQUIRE(result.exit_code == 0);
    runs.insert(json::parse(result.standard_output).at("run").get<std::string>());
  }
  CHECK(runs == std::set<std::string>{"runs/x-1", "runs/x-2", "runs/x-3", "runs/x-4"});
}

TEST_CASE("program: the config of a run trains again, from elsewhere, to the same bits") {
  const SmallExperiment experiment;
  experiment.train({"training.epochs=3", "model.layers.0=6", "seed=11"});
  const TemporaryFolder elsewhere;
  fs::copy(experiment / "run" / "config.json", elsewhere / "config.json");
  const ProgramResult again =
      run_gradus({"train", "config.json", "--output", "run"}, {.working_folder = elsewhere.path()});
  REQUIRE_MESSAGE(again.exit_code == 0, again.standard_error);
  for (const char* file : {"config.json", "model.safetensors", "model.json", "steps.jsonl"}) {
    CAPTURE(file);
    CHECK((read_file(elsewhere / "run" / file) == read_file(experiment / "run" / file)));
  }
}

TEST_CASE("program: a config on top of another trains to the same bits as its resolved one") {
  const SmallExperiment experiment;
  write_file(experiment / "sub/fast.json",
             "// half the size\n{\"extends\": \"../experiment.json\", \"name\": \"x\",\n"
             " \"model\": {\"embedding_dimension\": 2 /* not 4 */}}");
  const auto train = [&](const std::string& config, const std::string& run) {
    const ProgramResult result = experiment.gradus({"train", config, "--output", run});
    CHECK_MESSAGE(result.exit_code == 0, result.standard_error);
  };
  train("sub/fast.json", "a");
  fs::rename(experiment / "experiment.json", experiment / "gone.json");
  fs::copy(experiment / "a/config.json", experiment / "again.json");
  train("again.json", "b");
  for (const char* file : {"config.json", "model.safetensors", "steps.jsonl"}) {
    CAPTURE(file);
    CHECK((read_file(experiment / "a" / file) == read_file(experiment / "b" / file)));
  }
  const json resolved = json::parse(read_file(experiment / "a/config.json"));
  CHECK_FALSE(resolved.contains("extends"));
  CHECK(resolved.at("model").at("embedding_dimension") == 2);
  CHECK(resolved.at("model").at("layers") == json({8}));
}

TEST_CASE("program: validate says what it checked, with --data the rows") {
  const SmallExperiment experiment;
  ProgramResult result = experiment.gradus({"validate", "experiment.json"});
  CHECK(result.exit_code == 0);
  CHECK(result.standard_output == "experiment.json: valid\n");
  result = experiment.gradus({"validate", "experiment.json", "--data"});
  CHECK(result.exit_code == 0);
  CHECK(result.standard_output.ends_with("data: 200 rows, 160 for training, 40 for the test\n"));
  CHECK(experiment.entries() == 2);
  const json out = run_json(experiment, {"validate", "experiment.json", "--data", "--json"});
  CHECK(out.at("rows") == json({{"all", 200}, {"train", 160}, {"test", 40}}));
  // What only the rows show is told with the file that says it.
  write_file(experiment / "base.json", R"({"extends": "experiment.json",
      "data": {"split": {"kind": "random", "train": 900, "test": 100}}})");
  write_file(experiment / "late.json", R"({"extends": "base.json",
      "training": {"early_stopping": {"patience": 2}}})");
  for (const char* command : {"validate", "train"}) {
    CAPTURE(command);
    std::vector<std::string> arguments = {command, "late.json"};
    if (arguments.front() == "validate") arguments.emplace_back("--data");
    check_failure(experiment.gradus(arguments), 2,
                  {"config: /data/split: train 900 and test 100 are more than the 200 rows of",
                   "(in base.json)"});
    arguments.insert(arguments.end(), {"--set", "data.split.train=100"});
    check_failure(experiment.gradus(arguments), 2,
                  {"config: /training/early_stopping: ", "(in late.json)"});
  }
  fs::remove(experiment / "ratings.csv");
  CHECK(experiment.gradus({"validate", "experiment.json"}).exit_code == 0);
  check_failure(experiment.gradus({"validate", "experiment.json", "--data"}), 1,
                {"ratings.csv: there is no such file"});
}

TEST_CASE("program: describe shows parameters, cost and plan, and leaves nothing") {
  const SmallExperiment experiment;
  const ProgramResult text = experiment.gradus({"describe", "experiment.json"});
  CHECK(text.exit_code == 0);
  CHECK(text.standard_error == "");
  for (const char* part : {"249 parameters\n", "user_embedding.weight", "[18, 4]", "ratings.1.bias",
                           "a training step of 32 rows: ", "lanes"}) {
    CAPTURE(part);
    CHECK(text.standard_output.find(part) != std::string::npos);
  }
  CHECK(text.standard_output.find("adagrad") == std::string::npos);
  const ProgramResult plan = experiment.gradus({"describe", "experiment.json", "--plan"});
  CHECK(plan.exit_code == 0);
  CHECK(plan.standard_output.starts_with(text.standard_output + "\nmodule  "));
  for (const char* part : {" FLOPs  ", "  bytes\n", "\nratings.1  ", "  adagrad  ", " kB\n"}) {
    CAPTURE(part);
    CHECK(plan.standard_output.find(part) != std::string::npos);
  }
  const json out = run_json(experiment, {"describe", "experiment.json", "--json"});
  CHECK(out.at("parameter_count") == 249);
  CHECK(out.at("parameters").size() == 6);
  CHECK(out.at("parameters")[0] == json({{"name", "user_embedding.weight"}, {"shape", "[18, 4]"}}));
  CHECK(out.at("batch") == 32);
  CHECK(out.at("optimizer_moves_every_row") == false);
  CHECK_FALSE(out.contains("plan"));
  CHECK(out.at("flops_per_step") > 0);
  const json with_plan = run_json(experiment, {"describe", "experiment.json", "--plan", "--json"});
  CHECK(with_plan.at("plan").size() > 10);
  double flops = 0;
  for (const json& line : with_plan.at("plan")) {
    flops += line.at("flops").get<double>();
    CHECK(line.at("bytes") > 0);
  }
  CHECK(flops == out.at("flops_per_step"));
  CHECK(run_json(experiment, {"describe", "experiment.json", "--json", "--set",
                              "optimizer.kind=adam", "--set", "optimizer.learning_rate=0.1"})
            .at("optimizer_moves_every_row") == true);
  CHECK(experiment.entries() == 2);
}

TEST_CASE("program: --version names oneDNN, its runtime, the instruction set and TBB") {
  const ProgramResult result = run_gradus({"--version"});
  CHECK(result.exit_code == 0);
  for (const char* part : {"gradus ", "oneDNN 3.", "TBB runtime", "oneTBB 20"}) {
    CAPTURE(part);
    CHECK(result.standard_output.find(part) != std::string::npos);
  }
  const bool simd = result.standard_output.find("AVX") != std::string::npos ||
                    result.standard_output.find("SSE") != std::string::npos;
  CHECK(simd);
}

}  // namespace
}  // namespace gradus::tests
