#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

/// What an experiment on MovieLens 100K comes to, over the first random splits.
struct Quality {
  double error = 0;              // the mean test RMSE
  double order_correlation = 0;  // the largest
};

Quality quality(const std::string& name, int splits) {
  const SmallExperiment experiment;
  json seeds = json::array();
  for (int seed = 0; seed < splits; ++seed) seeds.push_back(seed);
  const json sweep = {{"over", {{"data.split.seed", seeds}}}};
  const ProgramResult trained = experiment.gradus(
      {"train", (source_folder() / "apps/experiments" / (name + ".json")).string(), "--output",
       "sweep", "--set", "data.path=\"" + movielens()->string() + "\"", "--set",
       "sweep=" + sweep.dump()});
  INFO(trained.standard_error);
  REQUIRE(trained.exit_code == 0);
  Quality out;
  for (int trial = 1; trial <= splits; ++trial) {
    const json result =
        json::parse(read_file(experiment / fmt::format("sweep/trials/{:03}/result.json", trial)));
    out.error += result.at("test").at("root_mean_squared_error").get<double>() / splits;
    out.order_correlation =
        std::max(out.order_correlation, result.at("spread").at("order_correlation").get<double>());
  }
  return out;
}

TEST_CASE("quality: matrix factorisation on MovieLens personalises") {
  if (!movielens()) return;
  const Quality found = quality("movielens_matrix_factorization", 4);
  CHECK(found.error <= 0.93);
  CHECK(found.order_correlation <= 0.985);
}

TEST_CASE("quality: the network with biases and dropout on MovieLens personalises") {
  if (!movielens()) return;
  const Quality found = quality("movielens_personal_ranking", 2);
  CHECK(found.error <= 0.94);
  CHECK(found.order_correlation <= 0.985);
}

}  // namespace
}  // namespace gradus::tests
