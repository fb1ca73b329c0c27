#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/experiment/safetensors.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

TEST_CASE("program: from TFRS' start on TFRS' rows, a run's result shows TFRS' figures") {
  const auto movies = movielens();
  if (!movies) return;
  const TemporaryFolder folder;
  const auto reference = golden() / "ranking";
  write_file(folder / "parity.json",
             fmt::format(R"({{
    "data": {{"source": "movielens_100k", "path": "{}", "batch_size": 8192,
             "evaluation_batch_size": 4096, "shuffle": "none",
             "split": {{"kind": "rows", "train": "{}", "test": "{}"}}}},
    "model": {{"kind": "ranking", "embedding_dimension": 32, "layers": [256, 64],
              "initial_weights": "{}"}},
    "optimizer": {{"kind": "adagrad", "learning_rate": 0.1}},
    "training": {{"epochs": 3}}
  }})",
                         movies->string(), (reference / "train_rows.txt").string(),
                         (reference / "test_rows.txt").string(),
                         (reference / "initial.safetensors").string()));
  const ProgramResult run = run_gradus({"train", "parity.json", "--output", "run", "--json"},
                                       {.working_folder = folder.path()});
  REQUIRE_MESSAGE(run.exit_code == 0, run.standard_error);
  const json result = json::parse(run.standard_output);
  CHECK(result.at("parameters") == 116641);
  const auto near = [](const json& value, double expected, double tolerance) {
    CAPTURE(value);
    CAPTURE(expected);
    CHECK(std::abs(value.get<double>() - expected) <= tolerance);
  };
  const json& baselines = result.at("baselines");
  near(baselines.at("constant_mean").at("root_mean_squared_error"), 1.1303, 1e-4);
  near(baselines.at("damped_biases").at("root_mean_squared_error"), 0.9454, 1e-4);
  near(result.at("spread").at("prediction_standard_deviation"), 0.0684, 5e-4);
  near(result.at("spread").at("order_correlation"), 0.9997, 5e-4);
  CHECK(result.at("spread").at("users") == 50);
  CHECK(result.at("spread").at("items") == 1664);

  const json trace = json::parse(read_file(reference / "trace.json"));
  std::string steps = read_file(folder / "run" / "steps.jsonl");
  CHECK(std::count(steps.begin(), steps.end(), '\n') == 30);
  const auto final = experiment::read_safetensors(reference / "final.safetensors");
  const auto model = experiment::read_safetensors(folder / "run" / "model.safetensors");
  REQUIRE(model.size() == final.size());
  for (const auto& named : final) {
    CAPTURE(named.first);
    const auto found = model.find(named.first);
    REQUIRE(found != model.end());
    const auto expected = named.second.floats();
    const auto values = found->second.floats();
    REQUIRE(values.size() == expected.size());
    float largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      largest = std::max(largest, std::abs(values[i] - expected[i]));
    }
    CHECK(largest <= 1e-4F);
  }
}

}  // namespace
}  // namespace gradus::tests
