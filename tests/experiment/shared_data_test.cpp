#include "framework/experiment/shared_data.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "models/catalogue.h"
#include "tests/experiment/small_experiment.h"

namespace gradus::experiment {

TEST_CASE("shared data: a source is read once, rows are encoded once a split and vocabulary") {
  const tests::SmallExperiment files;
  const Catalogues catalogues = with_framework(models());
  const auto config = [&](const std::vector<std::string>& settings) {
    return load_config(files / "experiment.json", settings, catalogues);
  };
  SharedData shared;
  const auto first = shared.get(config({})).rows;
  std::filesystem::remove(files / "ratings.csv");
  CHECK(shared.get(config({"seed=99", "optimizer.learning_rate=0.5", "model.layers=[3]"})).rows ==
        first);
  CHECK(shared.get(config({"data.batch_size=7", "data.shuffle=none"})).rows == first);
  const auto other = shared.get(config({"data.split.seed=2"})).rows;
  CHECK_FALSE(other == first);
  CHECK_FALSE(other->split.train == first->split.train);
  const auto known = shared.get(config({"data.vocabulary=train"})).rows;
  CHECK_FALSE(known == first);
  CHECK(known->split.train == first->split.train);
  CHECK(shared.get(config({"data.vocabulary=train", "seed=1"})).rows == known);
  CHECK(shared.parameters(config({})) == 249);
  CHECK_THROWS_WITH(shared.get(config({"data.delimiter=;"})), doctest::Contains("no such file"));
}

}  // namespace gradus::experiment
