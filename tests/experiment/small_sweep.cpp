#include "tests/experiment/small_sweep.h"

#include <doctest/doctest.h>

namespace gradus::tests {

ProgramResult sweep(const SmallExperiment& experiment, const std::string& plan,
                    const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"train", "experiment.json", "--output",
                                        "sweep", "--set",           "sweep=" + plan};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return experiment.gradus(arguments);
}

nlohmann::json table_of(const SmallExperiment& experiment) {
  return nlohmann::json::parse(read_file(experiment / "sweep" / "sweep.json"));
}

void check_done(const ProgramResult& result) {
  REQUIRE_MESSAGE(result.exit_code == 0, result.standard_error);
}

std::string bits_of(const std::filesystem::path& run) {
  std::string out;
  for (const char* file : {"model.safetensors", "model.json", "config.json", "steps.jsonl"}) {
    out += read_file(run / file);
  }
  nlohmann::json result = nlohmann::json::parse(read_file(run / "result.json"));
  result.erase("seconds");
  result.erase("machine");
  return out + result.dump();
}

}  // namespace gradus::tests
