#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "framework/experiment/safetensors.h"
#include "tests/experiment/small_experiment.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines(const fs::path& file) {
  std::vector<std::string> out;
  std::istringstream text(read_file(file));
  for (std::string line; std::getline(text, line);) out.push_back(line);
  return out;
}

TEST_CASE("program: export writes an ONNX model of ids or of strings, to the same bytes") {
  const SmallExperiment experiment;
  experiment.train();
  const ProgramResult ids = experiment.gradus({"export", "run", "--onnx", "ids.onnx"});
  CHECK_MESSAGE(ids.exit_code == 0, ids.standard_error);
  CHECK(ids.standard_output ==
        "ids.onnx: ONNX, opset 17: user_id (int64), movie_title (int64) -> prediction "
        "(float32)\n");
  CHECK(experiment.gradus({"export", "run", "--onnx", "again.onnx"}).exit_code == 0);
  CHECK((read_file(experiment / "ids.onnx") == read_file(experiment / "again.onnx")));
  const ProgramResult strings =
      experiment.gradus({"export", "run", "--onnx", "strings.onnx", "--strings", "--json"});
  CHECK_MESSAGE(strings.exit_code == 0, strings.standard_error);
  const auto json = nlohmann::json::parse(strings.standard_output);
  CHECK(json.at("onnx").at("opset") == 17);
  CHECK(json.at("onnx").at("inputs").at(1).at("name") == "movie_title");
  CHECK(json.at("onnx").at("inputs").at(1).at("type") == "string");
  CHECK(read_file(experiment / "ids.onnx").find("Film 07") == std::string::npos);
  CHECK(read_file(experiment / "strings.onnx").find("Film 07") != std::string::npos);
}

TEST_CASE("program: export writes embeddings and their strings for a projector") {
  const SmallExperiment experiment;
  experiment.train({"model.biases=true"});
  const ProgramResult result = experiment.gradus({"export", "run", "--csv", "vectors"});
  CHECK_MESSAGE(result.exit_code == 0, result.standard_error);
  CHECK(result.standard_output ==
        "vectors: user_embedding.weight.tsv, user_embedding.weight.metadata.tsv, "
        "movie_embedding.weight.tsv, movie_embedding.weight.metadata.tsv, projector_config.pbtxt; "
        "to look at them:\n  tensorboard --logdir vectors\n");
  const auto labels = lines(experiment / "vectors/movie_embedding.weight.metadata.tsv");
  const auto vectors = lines(experiment / "vectors/movie_embedding.weight.tsv");
  REQUIRE(labels.size() == 24);
  REQUIRE(vectors.size() == 24);
  CHECK(labels[0] == "[unknown]");
  CHECK(labels[1] == "Film 00");
  CHECK(labels[23] == "Film 22");
  const auto tensors = experiment::read_safetensors(experiment / "run/model.safetensors");
  const auto values = tensors.at("movie_embedding.weight").floats();
  for (std::size_t row = 0; row < vectors.size(); ++row) {
    std::istringstream text(vectors[row]);
    for (std::size_t k = 0; k < 4; ++k) {
      float number = 0;
      text >> number;
      CHECK(number == values[4 * row + k]);
    }
  }
  CHECK(read_file(experiment / "vectors/projector_config.pbtxt")
            .find("  tensor_name: \"user_embedding.weight\"\n"
                  "  tensor_path: \"user_embedding.weight.tsv\"\n"
                  "  metadata_path: \"user_embedding.weight.metadata.tsv\"\n") !=
        std::string::npos);
}

TEST_CASE("program: export refuses what makes no sense, and leaves nothing") {
  const SmallExperiment experiment;
  experiment.train({"model.embedding_dimension=1"});
  check_failure(experiment.gradus({"export", "run"}), 2, {"--onnx or --csv is required"});
  check_failure(experiment.gradus({"export", "run", "--strings", "--csv", "x"}), 2,
                {"--strings requires --onnx"});
  check_failure(experiment.gradus({"export", "run", "--onnx", ""}), 2, {"the name is empty"});
  check_failure(experiment.gradus({"export", "none", "--onnx", "x"}), 1,
                {"none: is no run directory"});
  check_failure(experiment.gradus({"export", "run", "--onnx", "none/x.onnx"}), 1,
                {"none/x.onnx: cannot be written: No such file or directory"});
  check_failure(experiment.gradus({"export", "run", "--csv", "vectors"}), 1,
                {"export --csv: the model looks no column up in a table of vectors of two numbers "
                 "or more"});
  CHECK(!fs::exists(experiment / "x"));
  CHECK(!fs::exists(experiment / "vectors"));
}

}  // namespace
}  // namespace gradus::tests
