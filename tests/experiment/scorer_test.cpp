#include "framework/experiment/scorer.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "framework/core/error.h"
#include "models/catalogue.h"
#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::experiment {
namespace {

using nlohmann::json;
using tests::ProgramResult;
using tests::SmallExperiment;

TEST_CASE("scorer: raw strings get the scores that `gradus rank --json` gives") {
  const SmallExperiment experiment;
  experiment.train();
  std::filesystem::remove(experiment / "ratings.csv");
  const Scorer scorer(experiment / "run", models());
  for (const std::string user : {"3", "16", "nobody"}) {
    CAPTURE(user);
    const ProgramResult ranked =
        experiment.gradus({"rank", "run", "--user", user, "--top", "23", "--json", "--quiet"});
    const json out = json::parse(ranked.standard_output);
    REQUIRE(out.at("items").size() == 23);
    // All titles at once, in the vocabulary's order, as `rank` asks for them.
    std::vector<std::string> titles;
    const Vocabulary& known = scorer.model().vocabularies.item()->vocabulary;
    for (std::int32_t id = 1; id <= known.size(); ++id) titles.emplace_back(known.string(id));
    const std::vector<std::string_view> views(titles.begin(), titles.end());
    const std::vector<float> scores = scorer.score(user, views);
    for (const json& item : out.at("items")) {
      const auto id = known.id(item.at("item").get<std::string>());
      CAPTURE(item);
      CHECK(scores.at(static_cast<std::size_t>(id) - 1) == item.at("score").get<float>());
    }
  }
}

TEST_CASE("scorer: several threads at once get the scores that one gets") {
  const SmallExperiment experiment;
  experiment.train();
  const Scorer scorer(experiment / "run", models());
  const std::vector<std::string_view> items = {"Film 01", "Film 07", "New", "", "Film 22"};
  constexpr int kUsers = 20;  // 17 known and 3 unknown ones
  std::vector<std::vector<float>> alone;
  alone.reserve(kUsers);
  for (int user = 0; user < kUsers; ++user) {
    alone.push_back(scorer.score(std::to_string(user), items));
  }
  CHECK(alone[0] != alone[1]);
  CHECK(alone[17] == alone[18]);
  CHECK(alone[0][2] == alone[0][3]);
  for (const float score : alone[17]) CHECK(std::isfinite(score));
  constexpr int kThreads = 4;
  std::vector<int> wrong(kThreads, 0);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const int user = (i * (t + 1)) % kUsers;
        // Other numbers of items at the same time, too.
        const std::size_t count = 1 + static_cast<std::size_t>(i + t) % items.size();
        const std::span<const std::string_view> some(items.data(), count);
        const std::vector<float> scores = scorer.score(std::to_string(user), some);
        const auto& expected = alone[static_cast<std::size_t>(user)];
        for (std::size_t k = 0; k < scores.size(); ++k) {
          if (std::abs(scores[k] - expected[k]) > 1e-6F) ++wrong[static_cast<std::size_t>(t)];
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(kThreads, 0));
}

TEST_CASE("scorer: no items give no scores, and what is no run is refused") {
  const SmallExperiment experiment;
  experiment.train();
  const Scorer scorer(experiment / "run", models());
  CHECK(scorer.score("3", {}).empty());
  CHECK_THROWS_WITH_AS(Scorer(experiment.path(), models()),
                       doctest::Contains("is no run directory (it has no config.json)"), Error);
  CHECK_THROWS_WITH_AS(Scorer(experiment / "run", ModelCatalogue{}),
                       doctest::Contains("config: /model/kind: must be "), Error);
}

}  // namespace
}  // namespace gradus::experiment
