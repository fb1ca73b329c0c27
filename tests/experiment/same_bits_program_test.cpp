#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

TEST_CASE("program: the same bits on 1, 2, 3, 5 and 8 threads, twice each") {
  const TemporaryFolder folder;
  write_file(folder / "experiment.json", R"({
    "seed": 3,
    "data": {"source": "generated", "batch_size": 4096,
             "split": {"kind": "random", "train": 12000, "test": 1000}},
    "model": {"kind": "ranking", "embedding_dimension": 8, "layers": [24, 8]},
    "optimizer": {"kind": "adagrad", "learning_rate": 0.1}
  })");
  std::string pairs;
  for (int i = 1; i <= 300; ++i) {
    pairs += "{\"user_id\": " + std::to_string(i) + ", \"movie_title\": \"Film 0" +
             std::to_string(100 + i) + " (1987)\"}\n";
  }
  std::string weights;
  std::string predictions;
  int runs = 0;
  for (const std::string threads : {"1", "2", "3", "5", "8", "8", "5", "3", "2", "1"}) {
    CAPTURE(threads);
    const std::string run = "run" + std::to_string(++runs);
    const ProgramResult trained =
        run_gradus({"train", "experiment.json", "--output", run, "--threads", threads},
                   {.working_folder = folder.path()});
    REQUIRE_MESSAGE(trained.exit_code == 0, trained.standard_error);
    const ProgramResult predicted =
        run_gradus({"predict", run, "--threads", threads},
                   {.standard_input = pairs, .working_folder = folder.path()});
    REQUIRE_MESSAGE(predicted.exit_code == 0, predicted.standard_error);
    CHECK(read_file(folder / run / "result.json").find("\"threads\": " + threads + "\n") !=
          std::string::npos);
    const std::string bytes = read_file(folder / run / "model.safetensors");
    if (runs == 1) {
      weights = bytes;
      predictions = predicted.standard_output;
      CHECK(predictions.size() > 300);
    }
    CHECK((bytes == weights));
    CHECK((predicted.standard_output == predictions));
  }
}

TEST_CASE("program: training rows come by user within a batch, whatever their order in the split") {
  const SmallExperiment small;
  constexpr int kUsers = 17;  // row i is of user i modulo so many
  constexpr int kTrain = 160;
  constexpr int kRows = 200;
  std::string as_they_are;
  std::string by_user;
  std::string test;
  for (int i = 0; i < kTrain; ++i) as_they_are += std::to_string(i) + "\n";
  for (int user = 0; user < kUsers; ++user) {
    for (int i = user; i < kTrain; i += kUsers) by_user += std::to_string(i) + "\n";
  }
  for (int i = kTrain; i < kRows; ++i) test += std::to_string(i) + "\n";
  write_file(small / "as_they_are", as_they_are);
  write_file(small / "by_user", by_user);
  write_file(small / "test", test);
  std::vector<std::string> weights;
  for (const std::string train : {"as_they_are", "by_user"}) {
    small.train({R"(data.split={"kind": "rows", "train": ")" + train + R"(", "test": "test"})",
                 "data.batch_size=200", "data.shuffle=none"},
                "run_" + train);
    weights.push_back(read_file(small / ("run_" + train) / "model.safetensors"));
  }
  CHECK((weights[0] == weights[1]));
}

}  // namespace
}  // namespace gradus::tests
