#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/experiment/run_folder.h"
#include "framework/experiment/safetensors.h"
#include "tests/experiment/resumable_experiment.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kResume = {"train", "--resume", "--output", "run"};

ProgramResult resume(const SmallExperiment& experiment, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = kResume;
  words.insert(words.end(), more.begin(), more.end());
  return experiment.gradus(words);
}

std::vector<std::string> checkpoints(const SmallExperiment& experiment) {
  std::vector<std::string> out;
  if (!fs::exists(experiment / "run" / "checkpoint")) return out;
  for (const auto& entry : fs::directory_iterator(experiment / "run" / "checkpoint")) {
    out.push_back(entry.path().filename().string());
  }
  std::ranges::sort(out);
  return out;
}

/// What a training leaves that was killed right after its newest checkpoint.
void break_off(const SmallExperiment& experiment) {
  for (const char* file : {"result.json", "model.json", "model.safetensors"}) {
    fs::remove(experiment / "run" / file);
  }
}

TEST_CASE("program: a finished run says so, and can be trained longer to the same bits") {
  const SmallExperiment experiment;
  const std::string checkpoint = "training.checkpoint.every_epochs=1";
  experiment.train({checkpoint, "training.epochs=5"}, "whole");
  experiment.train({checkpoint, "training.epochs=2"});
  const std::string result = read_file(experiment / "run" / "result.json");
  const ProgramResult finished = resume(experiment);
  CHECK(finished.exit_code == 0);
  CHECK(finished.standard_output ==
        "run: is finished; to train longer than 2 epochs:\n"
        "  gradus train --resume --output run --set training.epochs=4\n");
  CHECK(finished.standard_error == "");
  const ProgramResult json = resume(experiment, {"--json"});
  CHECK(json.exit_code == 0);
  CHECK(nlohmann::json::parse(json.standard_output)["run"] == "run");
  CHECK(read_file(experiment / "run" / "result.json") == result);

  const ProgramResult longer = resume(experiment, {"--set", "training.epochs=5"});
  INFO(longer.standard_error);
  CHECK(longer.exit_code == 0);
  CHECK(longer.standard_error.starts_with("run: goes on after step 10, 2 of 5 epochs are done\n"));
  for (const char* same : {"model.safetensors", "config.json", "steps.jsonl"}) {
    CAPTURE(same);
    CHECK((read_file(experiment / "run" / same) == read_file(experiment / "whole" / same)));
  }
}

TEST_CASE(
    "program: batches of one row and dropout go on in the middle of an epoch to the same bits") {
  const SmallExperiment experiment;
  const std::vector<std::string> settings = {
      "data.batch_size=1", "model.dropout=0.5", "training.epochs=2",
      "training.checkpoint.every_steps=7",
      R"(data.split={"kind": "random", "train": 20, "test": 1, "seed": 1})"};
  experiment.train(settings, "whole");
  experiment.train(settings);
  break_off(experiment);
  fs::remove(experiment / "run/checkpoint" / checkpoints(experiment).back());
  CHECK(resume(experiment).exit_code == 0);
  for (const char* same : {"model.safetensors", "steps.jsonl"}) {
    CAPTURE(same);
    CHECK((read_file(experiment / "run" / same) == read_file(experiment / "whole" / same)));
  }
}

TEST_CASE("program: what may not change is refused, and nothing is touched") {
  const SmallExperiment experiment;
  experiment.train({"training.checkpoint.every_epochs=1", "training.epochs=3"});
  const std::string result = read_file(experiment / "run" / "result.json");
  check_failure(resume(experiment, {"--set", "optimizer.learning_rate=0.2"}), 2,
                {"--resume: /optimizer/learning_rate differs from run/config.json; only "
                 "training.epochs may"});
  check_failure(resume(experiment, {"--set", "model.layers=[8, 8]"}), 2,
                {"--resume: /model/layers differs from run/config.json"});
  check_failure(resume(experiment, {"experiment.json", "--set", "training.epochs=4"}), 2,
                {"--resume: /training/checkpoint/every_epochs differs from run/config.json"});
  check_failure(resume(experiment, {"--set", "training.epochs=2"}), 2,
                {"config: /training/epochs: must be at least 3, which are trained already, got 2"});
  check_failure(resume(experiment, {"--set", "training.epochs=x"}), 2, {"/training/epochs"});
  check_failure(resume(experiment, {"--set", "sweep.seeds=2"}), 2,
                {"--resume: run is one training, not a sweep"});
  CHECK(read_file(experiment / "run" / "result.json") == result);
  break_off(experiment);
  check_failure(resume(experiment, {"--set", "training.epochs=2"}), 2,
                {"config: /training/epochs: must be at least 3, which are trained already, got 2"});
  // What is the same may be said again.
  const ProgramResult same =
      resume(experiment, {"experiment.json", "--set", "training.checkpoint.every_epochs=1", "--set",
                          "training.epochs=3"});
  INFO(same.standard_error);
  CHECK(same.exit_code == 0);
}

TEST_CASE("program: what is no run cannot be gone on with") {
  const SmallExperiment experiment;
  check_failure(experiment.gradus({"train"}), 2, {"config is required (see gradus train --help)"});
  check_failure(experiment.gradus({"train", "--resume"}), 2, {"--resume: needs --output DIR"});
  check_failure(resume(experiment), 1, {"run: is no run directory (it has no config.json)"});
  CHECK(experiment.entries() == 2);
  write_file(experiment / "run" / "thesis.txt", "mine");
  check_failure(resume(experiment, {"experiment.json"}), 2,
                {"--output run: holds something already (thesis.txt)"});
}

TEST_CASE("program: without a checkpoint a run begins anew, and a finished one cannot go on") {
  const SmallExperiment experiment;
  experiment.train({}, "whole");
  experiment.train();
  CHECK(checkpoints(experiment).empty());
  const ProgramResult finished = resume(experiment);
  CHECK(finished.exit_code == 0);
  CHECK(finished.standard_output ==
        "run: is finished, and has no checkpoint to train longer from\n");
  check_failure(
      resume(experiment, {"--set", "training.epochs=9"}), 1,
      {"run: is finished, and has no checkpoint to go on from; training.checkpoint says"});
  break_off(experiment);
  check_failure(experiment.try_train({}), 2,
                {"--output run: holds something already (",
                 "to go on with the run in it:\n  gradus train --resume --output run\n"});
  check_failure(experiment.gradus({"evaluate", "run"}), 1,
                {"run: the training did not finish (there is no model.json); to go on:\n  gradus "
                 "train --resume --output run\n"});
  const ProgramResult anew = resume(experiment);
  INFO(anew.standard_error);
  CHECK(anew.exit_code == 0);
  CHECK(anew.standard_error.starts_with("run: begins anew, there is no checkpoint\n"));
  for (const char* same : {"model.safetensors", "steps.jsonl"}) {
    CHECK((read_file(experiment / "run" / same) == read_file(experiment / "whole" / same)));
  }
}

TEST_CASE("program: checkpoints come when they are asked for, and the last ones stay") {
  const SmallExperiment experiment;
  const auto trained = [&](const std::vector<std::string>& settings) {
    fs::remove_all(experiment / "run");
    experiment.train(settings);
    return checkpoints(experiment);
  };
  using Names = std::vector<std::string>;
  const auto name = [](const std::string& step) { return "step-0000000" + step + ".safetensors"; };
  const std::string epochs = "training.epochs=4";  // of 5 steps
  CHECK(trained({epochs}).empty());
  CHECK(trained({epochs, "training.checkpoint.every_epochs=3"}) == Names{name("15"), name("20")});
  CHECK(trained({epochs, "training.checkpoint.every_steps=3"}) == Names{name("18"), name("20")});
  CHECK(trained({epochs, "training.checkpoint.every_steps=6", "training.checkpoint.keep=1"}) ==
        Names{name("20")});
  CHECK(trained({epochs, "training.checkpoint.every_steps=6", "training.checkpoint.keep=9"}) ==
        Names{name("06"), name("12"), name("18"), name("20")});
  // So short a time has passed after each step.
  CHECK(trained({epochs, "training.checkpoint.every_minutes=1e-9", "training.checkpoint.keep=99"})
            .size() == 20);
  CHECK(trained({epochs, "training.checkpoint.every_minutes=0"}).empty());
}

TEST_CASE(
    "program: a truncated checkpoint is told, and the one before it goes on to the same bits") {
  const ResumableExperiment experiment(4);
  REQUIRE(experiment.gradus(experiment.command("run")).exit_code == 0);
  const auto names = checkpoints(experiment);
  REQUIRE(names.size() >= 2);
  const fs::path newest = experiment / "run" / "checkpoint" / names.back();
  const std::string bytes = read_file(newest);
  write_file(newest, bytes.substr(0, bytes.size() / 2));
  break_off(experiment);
  const ProgramResult rest = resume(experiment);
  INFO(rest.standard_error);
  CHECK(rest.exit_code == 0);
  CHECK(rest.standard_error.starts_with("run/checkpoint/" + names.back() + ": truncated"));
  CHECK(rest.standard_error.find("; the checkpoint before it is tried\n") != std::string::npos);
  experiment.check_whole("run");

  for (const std::string& name : checkpoints(experiment)) {
    write_file(experiment / "run" / "checkpoint" / name, "");
  }
  break_off(experiment);
  check_failure(resume(experiment), 1,
                {"run/checkpoint: none of its checkpoints can be read; without them the training "
                 "begins anew"});
  fs::remove_all(experiment / "run" / "checkpoint");
  CHECK(resume(experiment).exit_code == 0);
  experiment.check_whole("run");
}

TEST_CASE("program: other data, another model and shortened logs are refused") {
  const ResumableExperiment experiment(4);
  REQUIRE(experiment.gradus(experiment.command("run")).exit_code == 0);
  break_off(experiment);
  const std::string ratings = read_file(experiment / "ratings.csv");
  std::string other = ratings;
  other.back() = other.back() == '\n' ? '\n' : '1';
  other[other.size() - 2] = other[other.size() - 2] == '1' ? '2' : '1';  // the last rating
  write_file(experiment / "ratings.csv", other);
  check_failure(resume(experiment), 1,
                {"run: the data are not those that its training began with: then 200 rows, ",
                 ", now 200 rows, "});
  write_file(experiment / "ratings.csv", ratings);

  const auto names = checkpoints(experiment);
  const fs::path newest = experiment / "run" / "checkpoint" / names.back();
  const std::string bytes = read_file(newest);
  auto tensors = experiment::read_safetensors(newest);
  tensors.erase("state/ratings.0.bias/accumulator");
  experiment::write_safetensors(newest, tensors, experiment::read_metadata(newest));
  check_failure(resume(experiment), 1,
                {"run/checkpoint: its tensors do not fit the model",
                 "missing: state/ratings.0.bias/accumulator [8]"});
  write_file(newest, bytes);

  const std::string steps = read_file(experiment / "run" / "steps.jsonl");
  write_file(experiment / "run" / "steps.jsonl", "");
  check_failure(resume(experiment), 1, {"run/steps.jsonl: has 0 bytes, the checkpoint was made "});
  write_file(experiment / "run" / "steps.jsonl", steps);
  CHECK(resume(experiment).exit_code == 0);
  experiment.check_whole("run");
}

TEST_CASE("program: a run directory has one process at a time, and is free when that dies") {
  const SmallExperiment experiment;
  RunningProgram first(GRADUS_PROGRAM,
                       {"train", "experiment.json", "--output", "run", "--set",
                        "training.epochs=1000000", "--set", "training.checkpoint.every_epochs=50"},
                       {.working_folder = experiment.path()});
  REQUIRE(first.wait_until([&] { return !checkpoints(experiment).empty(); }));
  const std::string held =
      "run: another gradus trains in it (process " + std::to_string(first.process()) + ")";
  check_failure(resume(experiment), 1, {held});
  check_failure(experiment.try_train({}), 2, {"--output run: holds something already ("});
  first.signal(SIGKILL);
  CHECK(first.wait().exit_code == 128 + SIGKILL);
  check_failure(resume(experiment, {"--set", "training.epochs=1"}), 2, {"must be at least "});
}

TEST_CASE("program: two that begin in one directory at once: one trains, the other is refused") {
  const SmallExperiment experiment;
  const std::vector<std::string> words = {"train", "experiment.json", "--output", "run"};
  RunningProgram first(GRADUS_PROGRAM, words, {.working_folder = experiment.path()});
  RunningProgram second(GRADUS_PROGRAM, words, {.working_folder = experiment.path()});
  const ProgramResult one = first.wait();
  const ProgramResult two = second.wait();
  INFO(one.standard_error, two.standard_error);
  CHECK((one.exit_code == 0) != (two.exit_code == 0));
  const ProgramResult& refused = one.exit_code == 0 ? two : one;
  CHECK((refused.standard_error.find("run: another gradus trains in it") != std::string::npos ||
         refused.standard_error.find("run: holds something already") != std::string::npos));
  CHECK(experiment.gradus({"evaluate", "run"}).exit_code == 0);
}

TEST_CASE("the command that goes on is one that a shell takes") {
  const auto command = [](const std::string& run) { return experiment::resume_command(run); };
  CHECK(command("runs/first-1") == "gradus train --resume --output runs/first-1");
  CHECK(command("my runs/it's") == "gradus train --resume --output 'my runs/it'\\''s'");
  CHECK(command("-x") == "gradus train --resume --output ./-x");
  CHECK(command("$HOME") == "gradus train --resume --output '$HOME'");
}

}  // namespace
}  // namespace gradus::tests
