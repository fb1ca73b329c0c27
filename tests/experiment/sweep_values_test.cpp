#include "framework/experiment/sweep_values.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <set>
#include <string>

#include "framework/core/error.h"

namespace gradus::experiment {
namespace {

Json json(const std::string& text) { return parse_json(text, "test"); }

}  // namespace

TEST_CASE("sweep: a grid has every combination, the last key fastest") {
  const auto grid = grid_of(json(R"({"a.b": [1, 2], "c": [[64], [8, 4]], "d": ["x"]})"));
  std::string text;
  for (const Json& setting : grid) text += setting.text() + "\n";
  CHECK(text ==
        "{\"a.b\": 1, \"c\": [64], \"d\": \"x\"}\n{\"a.b\": 1, \"c\": [8, 4], \"d\": \"x\"}\n"
        "{\"a.b\": 2, \"c\": [64], \"d\": \"x\"}\n{\"a.b\": 2, \"c\": [8, 4], \"d\": \"x\"}\n");
  CHECK(grid_of(Json::object()).size() == 1);
  CHECK_THROWS_WITH(grid_of(json(R"({"a.b": 3})")),
                    "config: /sweep/over/a.b: must be a list of one value or more, got 3");
  CHECK_THROWS_WITH(grid_of(json(R"({"a/b": []})")),
                    "config: /sweep/over/a~1b: must be a list of one value or more, got []");
  std::string many = "[0";
  for (int i = 1; i < 400; ++i) many += "," + std::to_string(i);
  CHECK_THROWS_WITH(grid_of(json(fmt::format(R"({{"a": {0}], "b": {0}]}})", many))),
                    "config: /sweep/over: has more than 100000 combinations");
}

TEST_CASE("sweep: draws stay in their ranges, spread, and begin alike") {
  const Json over = json(R"({"rate": {"log_uniform": [0.001, 1]}, "share": {"uniform": [-1, 3]},
                             "layers": {"integer": [2, 5]}, "kind": ["sgd", "adam", "adagrad"]})");
  constexpr int kCount = 2000;
  const auto draws = draws_of(over, 7, kCount);
  int low_rates = 0;
  double shares = 0;
  std::set<std::int64_t> layers;
  std::set<std::string> kinds;
  for (const Json& draw : draws) {
    const double rate = *draw.find("rate")->get_if<double>();
    const double share = *draw.find("share")->get_if<double>();
    CHECK(rate >= 0.001);
    CHECK(rate <= 1);
    CHECK(share >= -1);
    CHECK(share <= 3);
    CHECK(std::to_string(rate).size() < 12);
    low_rates += rate < std::sqrt(0.001) ? 1 : 0;
    shares += share;
    layers.insert(*draw.find("layers")->get_if<std::int64_t>());
    kinds.insert(*draw.find("kind")->get_if<std::string>());
  }
  // Half of a log-uniform range is below its geometric mean; five standard deviations either way.
  CHECK(std::abs(low_rates - kCount / 2) < 112);
  CHECK(std::abs(shares / kCount - 1) < 0.13);
  CHECK(layers == std::set<std::int64_t>{2, 3, 4, 5});
  CHECK(kinds == std::set<std::string>{"sgd", "adam", "adagrad"});
  const auto fewer = draws_of(over, 7, 3);
  for (std::size_t i = 0; i < fewer.size(); ++i) CHECK(fewer[i] == draws[i]);
  CHECK_FALSE(draws_of(over, 8, 1)[0] == draws[0]);
}

TEST_CASE("sweep: a range that is none is refused by its pointer") {
  const auto refused = [](const std::string& range) {
    try {
      draws_of(json(R"({"rate": )" + range + "}"), 0, 1);
    } catch (const Error& error) {
      CHECK(error.exit_code() == 2);
      return std::string(error.what());
    }
    return std::string("not refused");
  };
  const std::string must =
      "config: /sweep/over/rate: must be a list of values, or a range such as ";
  for (const char* range : {"3", "[]", "{}", R"({"uniform": [1]})", R"({"normal": [0, 1]})",
                            R"({"uniform": ["a", 1]})", R"({"uniform": [0, 1], "x": [0, 1]})"}) {
    CAPTURE(range);
    CHECK(refused(range).starts_with(must));
  }
  CHECK(refused(R"({"uniform": [2, 1]})") ==
        "config: /sweep/over/rate/uniform: begins at 2, above its end 1");
  CHECK(refused(R"({"log_uniform": [0, 1]})") ==
        "config: /sweep/over/rate/log_uniform: must begin above 0, got 0");
  CHECK(refused(R"({"integer": [0.5, 1]})") ==
        "config: /sweep/over/rate/integer: must be of whole numbers, got [0.5, 1]");
}

}  // namespace gradus::experiment
