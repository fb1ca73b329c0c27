#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/experiment/report_pages.h"
#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json compare(const SmallExperiment& experiment, std::vector<std::string> runs) {
  runs.insert(runs.begin(), "compare");
  runs.emplace_back("--json");
  const ProgramResult result = experiment.gradus(runs);
  REQUIRE_MESSAGE(result.exit_code == 0, result.standard_error);
  return json::parse(result.standard_output);
}

std::set<std::string> differing_keys(const json& comparison) {
  std::set<std::string> out;
  for (const json& key : comparison.at("config")) out.insert(key.at("key").get<std::string>());
  return out;
}

const json& figure_of(const json& comparison, const std::string& name) {
  for (const json& figure : comparison.at("figures")) {
    if (figure.at("figure") == name) return figure;
  }
  throw std::out_of_range(fmt::format("no figure {}", name));
}

TEST_CASE("program: compare names exactly the keys that differ, of 50 generated pairs of runs") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> choices = {
      {"optimizer.learning_rate", {"0.1", "0.05", "0.2"}},
      {"model.layers", {"[8]", "[4]", "[8, 4]"}},
      {"model.embedding_dimension", {"4", "2"}},
      {"model.dropout", {"0", "0.25"}},
      {"model.biases", {"false", "true"}},
      {"model.regularization", {"[]", R"([{"parameters": "*.weight", "l2": 0.001}])"}},
      {"data.batch_size", {"32", "64"}},
      {"data.shuffle", {R"("none")", R"("once")"}},
      {"task.loss", {R"("mean_squared_error")", R"("huber")"}},
      {"training.checkpoint.keep", {"2", "3"}},
      {"training.epochs", {"1", "2"}},
  };
  constexpr int kPairs = 50;
  std::mt19937 random(7);
  std::vector<std::map<std::string, std::string>> chosen;
  std::string settings;
  for (int run = 0; run <= kPairs; ++run) {
    auto& values = chosen.emplace_back();
    std::string list;
    for (const auto& [key, some] : choices) {
      values[key] = some[random() % some.size()];
      list += fmt::format("{}\"{}\": {}", list.empty() ? "" : ", ", key, values[key]);
    }
    settings += fmt::format("{}{{{}}}", settings.empty() ? "" : ", ", list);
  }
  const SmallExperiment experiment;
  const ProgramResult trained =
      experiment.gradus({"train", "experiment.json", "--output", "sweep", "--set",
                         fmt::format(R"(sweep={{"kind": "list", "settings": [{}]}})", settings)});
  REQUIRE_MESSAGE(trained.exit_code == 0, trained.standard_error);
  for (int pair = 0; pair < kPairs; ++pair) {
    CAPTURE(pair);
    const auto& a = chosen[static_cast<std::size_t>(pair)];
    const auto& b = chosen[static_cast<std::size_t>(pair) + 1];
    std::set<std::string> expected;
    for (const auto& [key, value] : a) {
      if (b.at(key) != value) expected.insert(key);
    }
    const json found = compare(experiment, {fmt::format("sweep/trials/{:03}", pair + 1),
                                            fmt::format("sweep/trials/{:03}", pair + 2)});
    CHECK(differing_keys(found) == expected);
    for (const json& key : found.at("config")) {
      if (key.at("key") == "model.regularization") continue;  // its defaults are filled in
      CHECK(key.at("values")[0] == json::parse(a.at(key.at("key"))));
      CHECK(key.at("values")[1] == json::parse(b.at(key.at("key"))));
    }
  }
}

TEST_CASE("program: compare shows keys that only one config has, results, and users' best items") {
  const SmallExperiment experiment;
  experiment.train({}, "first");
  experiment.train({"optimizer.kind=adam", "optimizer.learning_rate=0.02"}, "second");
  const json found = compare(experiment, {"first", "second"});
  const auto keys = differing_keys(found);
  for (const char* key : {"optimizer.kind", "optimizer.learning_rate", "optimizer.beta_1",
                          "optimizer.initial_accumulator_value"}) {
    CAPTURE(key);
    CHECK(keys.count(key) == 1);
  }
  CHECK(std::ranges::all_of(keys,
                            [](const std::string& key) { return key.starts_with("optimizer."); }));
  CHECK(found.at("notes").empty());
  const auto rmse = [&](const char* run) {
    return json::parse(read_file(experiment / run / "result.json"))
        .at("test")
        .at("root_mean_squared_error")
        .get<double>();
  };
  const json& figure = figure_of(found, "test root_mean_squared_error");
  CHECK(figure.at("values")[0] == json({{"n", 1}, {"mean", rmse("first")}}));
  CHECK(figure.at("difference")[0].at("mean").get<double>() ==
        doctest::Approx(rmse("second") - rmse("first")).epsilon(1e-12));
  CHECK_FALSE(figure.at("difference")[0].contains("interval_95"));

  const json& rankings = found.at("rankings")[0];
  CHECK(rankings.at("users") == 17);
  CHECK(rankings.at("examples").size() == 3);
  for (const json& example : rankings.at("examples")) {
    std::vector<std::vector<std::string>> best;
    for (const char* run : {"first", "second"}) {
      const json rank = json::parse(
          experiment.gradus({"rank", run, "--user", example.at("user"), "--top", "23", "--json"})
              .standard_output);
      auto& titles = best.emplace_back();
      for (const json& item : rank.at("items")) titles.push_back(item.at("item"));
    }
    int common = 0;
    for (const json& item : example.at("items")) {
      const auto place = [&](std::size_t run) {
        return std::ranges::find(best[run], item.at("item").get<std::string>()) -
               best[run].begin() + 1;
      };
      CHECK(item.at("first") == place(0));
      CHECK(item.at("other") == place(1));
      const bool in_first = place(0) <= 10;
      const bool in_second = place(1) <= 10;
      CHECK((in_first || in_second));
      if (in_first && in_second) ++common;
    }
    CHECK(example.at("common") == common);
    CHECK(example.at("items").size() == static_cast<std::size_t>(20 - common));
  }
  const ProgramResult text =
      experiment.gradus({"compare", "first", "second", "--report", "page.html"});
  CHECK(text.exit_code == 0);
  for (const char* part : {"config: what differs\n", "\nresults: each run less first\n",
                           "\nbest items of first and second: ",
                           " of 10 in common, mean of 17 users\n", "\nreport: page.html\n"}) {
    CAPTURE(text.standard_output);
    CHECK(text.standard_output.find(part) != std::string::npos);
  }
  const json page = report_data(experiment / "page.html");
  CHECK(section_ids(page) == std::vector<std::string>{"config", "results", "curves", "rankings"});
  CHECK(block_of(page, "curves", "training loss by epoch").at("columns").size() == 3);
  const ProgramResult same = experiment.gradus({"compare", "first", "first"});
  CHECK(same.standard_output.starts_with("config: the same\n"));
  CHECK(same.standard_output.find("10.0 of 10 in common") != std::string::npos);
}

TEST_CASE(
    "program: compare gives intervals where there are seeds, paired where they are the same") {
  const SmallExperiment experiment;
  const auto sweep = [&](const std::string& run, const std::string& rate,
                         const std::string& seeds) {
    const ProgramResult trained = experiment.gradus(
        {"train", "experiment.json", "--output", run, "--set", "optimizer.learning_rate=" + rate,
         "--set", fmt::format(R"(sweep={{"seeds": {}}})", seeds)});
    REQUIRE_MESSAGE(trained.exit_code == 0, trained.standard_error);
    std::vector<double> out;
    const json table = json::parse(read_file(experiment / run / "sweep.json"));
    for (const json& trial : table.at("trials")) {
      out.push_back(trial.at("test").at("root_mean_squared_error"));
    }
    return out;
  };
  const auto a = sweep("a", "0.1", "[1, 2, 3, 4]");
  const auto b = sweep("b", "0.01", "[1, 2, 3, 4]");
  sweep("c", "0.01", "[5, 6, 7]");
  const json found = compare(experiment, {"a", "b", "c"});
  CHECK(differing_keys(found).count("optimizer.learning_rate") == 1);
  CHECK(differing_keys(found).count("sweep.seeds") == 1);
  const json& figure = figure_of(found, "test root_mean_squared_error");
  double mean = 0;
  for (std::size_t i = 0; i < 4; ++i) mean += (b[i] - a[i]) / 4;
  double squares = 0;
  for (std::size_t i = 0; i < 4; ++i) squares += std::pow(b[i] - a[i] - mean, 2);
  const json& paired = figure.at("difference")[0];
  CHECK(paired.at("paired") == true);
  CHECK(paired.at("mean").get<double>() == doctest::Approx(mean).epsilon(1e-9));
  // t of 3 degrees of freedom
  CHECK(paired.at("interval_95")[1].get<double>() - mean ==
        doctest::Approx(3.18244630528 * std::sqrt(squares / 3) / 2).epsilon(1e-9));
  const json& apart = figure.at("difference")[1];
  CHECK(apart.at("paired") == false);
  CHECK(apart.at("interval_95")[0] < apart.at("mean"));
  CHECK(apart.at("p") < 0.05);
  const ProgramResult text = experiment.gradus({"compare", "a", "b"});
  CHECK(text.standard_output.find("4 pairs, p ") != std::string::npos);
  const std::size_t at = text.standard_output.find("\nparameters ");
  REQUIRE(at != std::string::npos);
  // A count that all trainings share is no mean.
  const std::string line = text.standard_output.substr(at + 1);
  CHECK(line.substr(0, line.find('\n')).find_first_of(".±") == std::string::npos);
}

TEST_CASE("program: compare says what cannot be compared") {
  const SmallExperiment experiment;
  experiment.train({}, "whole");
  experiment.train({"data.split.seed=2"}, "other_rows");
  experiment.train(
      {R"(data.columns=[{"name": "user_id", "kind": "id"}, {"name": "movie_title", "kind": "id"}, {"name": "user_rating", "kind": "label"}])",
       R"(model.features=["user_id", "movie_title"])"},
      "ids");
  experiment.gradus(
      {"train", "experiment.json", "--output", "failed", "--set", "optimizer.learning_rate=1e30"});
  const json found = compare(experiment, {"whole", "other_rows", "ids", "failed"});
  const std::string notes = found.at("notes").dump();
  CHECK(notes.find("not tested on the same rows (data.columns, data.split.seed differ)") !=
        std::string::npos);
  CHECK(notes.find("failed: is failed: training: the loss is") != std::string::npos);
  CHECK_FALSE(found.at("rankings")[0].contains("problem"));
  CHECK(found.at("rankings")[1].at("problem") == "ids: has no user and no item column");
  CHECK(found.at("rankings")[2].at("problem").get<std::string>().find(
            "failed: the training did not finish") == 0);
  CHECK(figure_of(found, "test loss").at("values")[3].is_null());
  CHECK(experiment.gradus({"compare", "failed", "whole"}).exit_code == 0);
  write_file(experiment / "whole" / "config.json", "[1]");
  CHECK(compare(experiment, {"other_rows", "whole"})
            .at("notes")
            .dump()
            .find("whole/config.json: is no JSON object") != std::string::npos);
  check_failure(experiment.gradus({"compare", "whole", "nothing"}), 1,
                {"nothing: is no run directory"});
  check_failure(experiment.gradus({"compare", "whole"}), 2,
                {"runs", "(see gradus compare --help)"});
}

}  // namespace
}  // namespace gradus::tests
