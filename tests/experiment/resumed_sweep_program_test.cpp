#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/experiment/run_folder.h"
#include "tests/experiment/small_sweep.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void check_failed_trial(const ProgramResult& result, const std::string& text) {
  INFO(result.standard_error);
  CHECK(result.exit_code == 1);
  CHECK(result.standard_error.find(text) != std::string::npos);
}

TEST_CASE("program: a trial that was broken off goes on from its checkpoint, to the same bits") {
  const SmallExperiment experiment;
  check_done(sweep(experiment, R"({"seeds": 2})",
                   {"--set", "training.checkpoint.every_epochs=1", "--set",
                    "training.checkpoint.keep=9", "--set", "training.epochs=3"}));
  const fs::path run = experiment / "sweep/trials/002";
  const std::string bits = bits_of(run);
  std::vector<fs::path> checkpoints;
  for (const auto& entry : fs::directory_iterator(run / "checkpoint")) {
    checkpoints.push_back(entry.path());
  }
  std::ranges::sort(checkpoints);
  REQUIRE(checkpoints.size() == 3);
  for (const bool readable : {true, false}) {
    CAPTURE(readable);
    fs::remove(run / "result.json");
    fs::remove(run / "model.json");
    fs::remove(checkpoints.back());
    if (!readable) {
      for (const fs::path& file : checkpoints) write_file(file, "damaged");
    }
    write_file(run / "mark", "stays with the run");
    check_done(experiment.gradus({"train", "--resume", "--output", "sweep"}));
    CHECK((bits_of(run) == bits));
    CHECK(fs::exists(run / "mark") == readable);
    CHECK(fs::exists(checkpoints.back()));
  }
}

TEST_CASE("program: a sweep's folder belongs to one process at a time") {
  const SmallExperiment experiment;
  check_done(sweep(experiment, R"({"seeds": 2})"));
  const gradus::experiment::RunLock lock(experiment / "sweep");
  const ProgramResult second = experiment.gradus({"train", "--resume", "--output", "sweep"});
  CHECK(second.exit_code == 1);
  CHECK(second.standard_error.find("sweep: another gradus trains in it") != std::string::npos);
}

TEST_CASE("program: a signal ends a sweep with the command to go on, and costs no finished trial") {
  const SmallExperiment experiment;
  RunningProgram program(
      GRADUS_PROGRAM,
      {"train", "experiment.json", "--output", "sweep", "--set", R"(sweep={"seeds": 3000})"},
      {.working_folder = experiment.path()});
  REQUIRE(
      program.wait_until([&] { return fs::exists(experiment / "sweep/trials/001/result.json"); }));
  program.signal(SIGTERM);
  const ProgramResult ended = program.wait();
  CHECK(ended.exit_code == 143);
  CHECK(ended.standard_error.find(
            "gradus: stopped by SIGTERM; to go on:\n  gradus train --resume --output sweep\n") !=
        std::string::npos);
  CHECK(ended.standard_error.find("failed") == std::string::npos);
  CHECK(fs::exists(experiment / "sweep/trials/001/result.json"));
  CHECK_FALSE(fs::exists(experiment / "sweep/sweep.json"));
}

TEST_CASE("program: a trial that a signal ends is saved, and belongs to the sweep meanwhile") {
  const SmallExperiment experiment;
  RunningProgram program(GRADUS_PROGRAM,
                         {"train", "experiment.json", "--output", "sweep", "--threads", "2",
                          "--set", "sweep.seeds=2", "--set", "training.epochs=1000000"},
                         {.working_folder = experiment.path()});
  const auto trains = [&](const std::string& trial) {
    return fs::exists(experiment / "sweep/trials" / trial / "steps.jsonl");
  };
  REQUIRE(program.wait_until([&] { return trains("001") && trains("002"); }));
  check_failure(experiment.gradus({"train", "--resume", "--output", "sweep/trials/002"}), 1,
                {"sweep/trials/002: another gradus trains in it (process " +
                 std::to_string(program.process()) + ")"});
  program.signal(SIGINT);
  const ProgramResult ended = program.wait();
  CHECK(ended.exit_code == 130);
  CHECK(ended.standard_error ==
        "gradus: stopped by Ctrl-C; to go on:\n  gradus train --resume --output sweep\n");
  for (const char* trial : {"001", "002"}) {
    CAPTURE(trial);
    CHECK(experiment.entries(fs::path("sweep/trials") / trial / "checkpoint") == 1);
  }
}

TEST_CASE("program: a trial that another process trains fails, and is left alone") {
  const SmallExperiment experiment;
  check_done(sweep(experiment, R"({"seeds": 2})"));
  const fs::path run = experiment / "sweep/trials/002";
  fs::remove(run / "result.json");
  write_file(run / "mark", "theirs");
  {
    const gradus::experiment::RunLock lock(run);
    check_failed_trial(experiment.gradus({"train", "--resume", "--output", "sweep"}),
                       "gradus: 1 of 2 trials failed, first trials/002: sweep/trials/002: another "
                       "gradus trains in it");
    CHECK(fs::exists(run / "mark"));
  }
  check_done(experiment.gradus({"train", "--resume", "--output", "sweep"}));
  CHECK_FALSE(fs::exists(run / "mark"));
}

TEST_CASE("program: the same command begins a sweep and goes on with it; another is refused") {
  const SmallExperiment experiment;
  fs::create_directory(experiment / "sweep");
  write_file(experiment / "sweep/plan.json.part", "killed while it was written");
  const auto again = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> words = {"train", "experiment.json", "--resume", "--output", "sweep"};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    return experiment.gradus(words);
  };
  const std::string over = R"(sweep={"over": {"optimizer.learning_rate": [0.05, 0.2]}})";
  check_done(again({over, "sweep.seeds=2"}));
  const std::string bits = bits_of(experiment / "sweep/trials/003");
  fs::remove_all(experiment / "sweep/trials/003");
  check_done(again({over, "sweep.seeds=2"}));
  CHECK((bits_of(experiment / "sweep/trials/003") == bits));

  const std::string keeps = " differs from sweep/plan.json; a sweep that is resumed keeps its ";
  check_failure(again({over, "sweep.seeds=3"}), 2, {"--resume: /seeds" + keeps});
  check_failure(again({over, "sweep.seeds=2", "training.epochs=3"}), 2,
                {"--resume: /settings/0/config/training/epochs" + keeps});
  check_failure(again({over, "sweep.seeds=2", "sweep.over={}"}), 2,
                {"--resume: /settings" + keeps});
  check_failure(again({}), 2, {"config: /sweep: is missing (in experiment.json)"});
  const std::vector<std::string> resume = {"train", "--resume", "--output", "sweep"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), resume.begin(), resume.end());
    return experiment.gradus(more);
  };
  check_failure(with({"--set", "sweep.seeds=3"}), 2, {"--set: a sweep that is resumed keeps"});
  check_failure(with({"--profile"}), 2, {"--profile: profiles one training, not a sweep"});
  fs::remove(experiment / "sweep/sweep.json");
  check_failure(experiment.gradus({"train", "experiment.json", "--output", "sweep"}), 2,
                {"--output sweep: holds something already (",
                 "to go on with the run in it:\n  gradus train --resume --output sweep\n"});
}

TEST_CASE("program: a search within minutes that is resumed keeps to them") {
  const SmallExperiment experiment;
  check_done(experiment.gradus(
      {"tune", "experiment.json", "--output", "sweep", "--minutes", "0.0000001", "--set",
       R"(data.split={"kind": "random", "train": 120, "validation": 30, "test": 50})", "--set",
       R"(sweep={"kind": "random", "over": {"optimizer.learning_rate": {"uniform": [0.1, 1]}}})"}));
  check_done(experiment.gradus({"train", "--resume", "--output", "sweep"}));
  const json table = table_of(experiment);
  CHECK(table.at("trials").size() == 1000);
  for (const json& trial : table.at("trials")) CHECK(trial.at("state") == "not begun");
}

TEST_CASE("program: a fault of a sweep is named with the file that it is in") {
  const SmallExperiment experiment;
  const auto refusal = [&](const std::string& sweep) {
    write_file(experiment / "base.json",
               R"({"extends": "experiment.json", "sweep": )" + sweep + "}");
    write_file(experiment / "top.json", R"({"extends": "base.json", "seed": 3})");
    return experiment.gradus({"train", "top.json"});
  };
  const std::string in = " (in base.json)";
  check_failure(refusal(R"({"sedes": 3})"), 2,
                {"config: /sweep/sedes: unknown key; did you mean \"seeds\"? Known here: kind, "
                 "over, seeds, folds, by" +
                 in});
  check_failure(refusal(R"({"kind": "random", "trials": 2, "factr": 2})"), 2,
                {"unknown key. Known here: kind, over, seed, trials, seeds, folds, by" + in});
  check_failure(refusal("3"), 2, {"config: /sweep: must be an object, got 3" + in});
  check_failure(refusal(R"({"over": {"seed": [1]}})"), 2, {"as a key of a setting" + in});
  check_failure(refusal(R"({"by": "auc"})"), 2, {"got \"auc\"" + in});
  check_failure(refusal(R"({"folds": true})"), 2, {"of kind k_folds, got random" + in});
  check_failure(refusal(R"({"kind": "halving", "trials": 2})"), 2,
                {"config: /data/split: gives no validation rows, which settings are chosen by"});
  check_failure(refusal(R"({"over": {"data.split.train": [900, 1000]}})"), 2,
                {"config: /data/split: train 900 and test 40 are more than the 200 rows of"});
}

}  // namespace
}  // namespace gradus::tests
