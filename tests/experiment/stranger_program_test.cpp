#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// Runs this line of the shell in the folder; "$gradus" is the program.
ProgramResult shell(const SmallExperiment& experiment, const std::string& line) {
  return run("sh", {"-c", line},
             {.environment = {{"gradus", GRADUS_PROGRAM}}, .working_folder = experiment.path()});
}

TEST_CASE("program: a standard output that takes nothing is a failure") {
  const SmallExperiment experiment;
  experiment.train();
  const std::string file = "gradus: standard output: cannot be written: ";
  for (const char* command :
       {"\"$gradus\" --help", "\"$gradus\" --version", "\"$gradus\" rank --help",
        "\"$gradus\" rank run --user 3", "\"$gradus\" rank run --user 3 --json",
        "\"$gradus\" predict run --input ratings.csv", "\"$gradus\" evaluate run",
        "\"$gradus\" describe experiment.json", "\"$gradus\" validate experiment.json"}) {
    CAPTURE(command);
    const ProgramResult full = shell(experiment, std::string(command) + " >/dev/full");
    CHECK(full.exit_code == 1);
    CHECK(full.standard_error.ends_with(file + "No space left on device\n"));
    const ProgramResult closed = shell(experiment, std::string(command) + " >&-");
    CHECK(closed.exit_code == 1);
    CHECK(closed.standard_error.ends_with(file + "Bad file descriptor\n"));
  }
  // The run is whole all the same.
  const ProgramResult trained =
      shell(experiment, "\"$gradus\" train experiment.json --output full >/dev/full");
  CHECK(trained.exit_code == 1);
  CHECK(fs::exists(experiment / "full" / "result.json"));
}

TEST_CASE("program: closed standard streams neither crash it nor reach its files") {
  const SmallExperiment experiment;
  experiment.train();
  const std::string train = "\"$gradus\" train experiment.json --output ";
  CHECK(shell(experiment, train + "a <&- 2>&-").exit_code == 0);
  CHECK(shell(experiment, train + "b 2>/dev/full").exit_code == 0);
  CHECK(shell(experiment, train + "c <&- >&- 2>&-").exit_code == 1);
  CHECK(shell(experiment, train + "d >&- 2>/dev/full").exit_code == 1);
  CHECK(shell(experiment, train + "a 2>&-").exit_code == 2);
  CHECK(shell(experiment, "\"$gradus\" rank run --user x 2>&-").exit_code == 0);
  for (const char* other : {"a", "b", "c", "d"}) {
    for (const char* file : {"config.json", "steps.jsonl", "model.json", "model.safetensors"}) {
      CAPTURE(other);
      CAPTURE(file);
      CHECK((read_file(experiment / other / file) == read_file(experiment / "run" / file)));
    }
  }
  check_failure(shell(experiment, "\"$gradus\" predict run <&-"), 1,
                {"standard input: cannot be read: Bad file descriptor"});
  check_failure(shell(experiment, "\"$gradus\" predict run </dev/zero"), 1,
                {"standard input:1: a line of more than 16777216 bytes"});
}

TEST_CASE("program: an interrupted training leaves nothing that looks whole") {
  const SmallExperiment experiment;
  RunningProgram program(
      GRADUS_PROGRAM,
      {"train", "experiment.json", "--output", "run", "--set", "training.epochs=1000000"},
      {.working_folder = experiment.path()});
  REQUIRE(program.wait_until([&] { return fs::exists(experiment / "run" / "steps.jsonl"); }));
  program.signal(SIGINT);
  CHECK(program.wait().exit_code == 128 + SIGINT);
  CHECK(fs::exists(experiment / "run" / "config.json"));
  for (const char* whole : {"result.json", "model.json", "model.safetensors"}) {
    CAPTURE(whole);
    CHECK_FALSE(fs::exists(experiment / "run" / whole));
  }
  check_failure(experiment.gradus({"rank", "run", "--user", "3"}), 1,
                {"run: the training did not finish (there is no model.json)"});
}

TEST_CASE("program: config, data and output may be pipes") {
  const SmallExperiment experiment;
  experiment.train();
  const ProgramResult result =
      shell(experiment,
            "mkfifo data config && (cat ratings.csv >data & cat experiment.json >config & "
            "\"$gradus\" train config --set data.path=data --set name=run --output again --quiet)");
  CHECK(result.exit_code == 0);
  CHECK((read_file(experiment / "run" / "model.safetensors") ==
         read_file(experiment / "again" / "model.safetensors")));
  const ProgramResult piped =
      shell(experiment, "\"$gradus\" predict run --input ratings.csv --output /dev/stdout | wc -l");
  CHECK(piped.standard_output == "201\n");
}

TEST_CASE("program: an empty file name is refused, as from a variable that is not set") {
  const SmallExperiment experiment;
  experiment.train();
  const std::vector<std::vector<std::string>> cases = {
      {"train", "experiment.json", "--output", ""},
      {"predict", "run", "--input", ""},
      {"predict", "run", "--output", ""},
      {"evaluate", "run", "--data", ""},
      {"rank", "run", "--user", "3", "--exclude", ""},
      {"rank", "run", "--user", "3", "--items", ""},
  };
  for (const auto& arguments : cases) {
    const std::string& option = arguments[arguments.size() - 2];
    CAPTURE(option);
    check_failure(experiment.gradus(arguments), 2, {option + ": the name is empty"});
  }
  CHECK(experiment.entries() == 3);
}

TEST_CASE("program: sizes at their limits neither crash nor hang it") {
  const SmallExperiment experiment;
  // A batch takes the memory of the rows there are, so that this is quick, too.
  experiment.train({"data.batch_size=1073741824", "data.evaluation_batch_size=1073741824"}, "a");
  experiment.train({"optimizer.learning_rate=1e-320"}, "b");
  experiment.train({"data.batch_size=1", "data.evaluation_batch_size=1"}, "c");
  experiment.train({"model.layers=[]"}, "d");
  experiment.train({"seed=9223372036854775807", "data.split.seed=9223372036854775807"}, "e");
  experiment.train({"data.split.train=1", "data.split.test=1"}, "f");
}

}  // namespace
}  // namespace gradus::tests
