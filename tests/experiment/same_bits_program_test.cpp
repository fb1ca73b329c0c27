#include <doctest/doctest.h>

#include <string>

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

}  // namespace
}  // namespace gradus::tests
