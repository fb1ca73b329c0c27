#include "framework/train/baselines.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "framework/data/movielens.h"
#include "framework/data/rows_split.h"
#include "framework/train/metrics.h"
#include "framework/train/spread.h"
#include "tests/support.h"

namespace gradus {
namespace {

Column ids(const std::string& name, ColumnKind kind, const std::vector<std::string>& strings) {
  Column column{.name = name, .kind = kind};
  for (const auto& string : strings) column.codes.push_back(column.strings.add(string));
  return column;
}

Encoded encoded(std::vector<Column> columns) {
  columns.push_back({.name = "rating", .kind = ColumnKind::label, .numbers = {5, 3, 1, 4, 2}});
  const Table table("f.csv", std::move(columns));
  return {table, Vocabularies(table), "rating"};
}

std::vector<Column> pairs() {
  return {ids("user", ColumnKind::user, {"u", "u", "v", "v", "w"}),
          ids("item", ColumnKind::item, {"a", "b", "a", "c", "a"})};
}

double score(const std::string& metric, const Baseline& baseline, const Encoded& data,
             const Split& split) {
  std::vector<float> labels(split.test.size());
  data.copy_labels(split.test, labels);
  Metrics metrics({metric});
  metrics.update({.predictions = baseline.predictions, .labels = labels});
  return metrics.results()[0].second;
}

}  // namespace

TEST_CASE("baselines by hand") {
  const Encoded data = encoded(pairs());
  const Split split{.train = {0, 1, 2}, .test = {3, 4, 0}};
  const auto all = baselines(data, split);
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "constant_mean");
  CHECK(all[0].predictions == std::vector<float>{3, 3, 3});
  CHECK(all[1].name == "damped_biases");
  // m = 3; items: a = (2 - 2) / 12 = 0, b = 0 / 11, c none; users: u = (2 + 0) / 12 = 1/6,
  // v = -2 / 11, w none.
  REQUIRE(all[1].predictions.size() == 3);
  CHECK(all[1].predictions[0] == doctest::Approx(3 - 2.0 / 11).epsilon(1e-7));
  CHECK(all[1].predictions[1] == 3);
  CHECK(all[1].predictions[2] == doctest::Approx(3 + 1.0 / 6).epsilon(1e-7));
}

TEST_CASE("baselines count rows by their weights") {
  std::vector<Column> columns = pairs();
  columns.push_back({.name = "w", .kind = ColumnKind::weight, .numbers = {3, 1, 0, 1, 1}});
  const Encoded data = encoded(columns);
  const Split split{.train = {0, 1, 2}, .test = {4, 0}};
  // m = (15 + 3) / 4; a = 3 * 0.5 / 13, b = -1.5 / 11; u = (3 * (0.5 - a) + (-1.5 - b)) / 14.
  CHECK(constant_mean(data, split).predictions == std::vector<float>{4.5, 4.5});
  const auto predictions = damped_biases(data, split).predictions;
  CHECK(predictions[0] == doctest::Approx(4.615384615384615).epsilon(1e-7));
  CHECK(predictions[1] == doctest::Approx(4.600399600399600).epsilon(1e-7));
  columns.back().numbers = {0, 0, 0, 1, 1};
  CHECK_THROWS_WITH(baselines(encoded(columns), split),
                    "baselines: the weights of the training rows add up to 0");
}

TEST_CASE("without a user and an item column there are no biases") {
  const Split split{.train = {0, 1, 2}, .test = {3}};
  const Encoded data = encoded({ids("user", ColumnKind::user, {"u", "u", "v", "v", "w"})});
  const auto all = baselines(data, split);
  REQUIRE(all.size() == 1);
  CHECK(all[0].name == "constant_mean");
  CHECK_THROWS_WITH(damped_biases(data, split),
                    "damped_biases: a user and an item column are required");
}

TEST_CASE("MovieLens' baselines") {
  const auto folder = tests::movielens();
  if (!folder) return;
  const Table table = MovieLens100K({folder->string()}).read();
  const Encoded data(table, Vocabularies(table), "user_rating");
  const Split split = RowsSplit({.train = (tests::golden() / "ranking/train_rows.txt").string(),
                                 .test = (tests::golden() / "ranking/test_rows.txt").string()})
                          .split(table);
  REQUIRE(split.train.size() == 80000);
  REQUIRE(split.test.size() == 20000);
  // The same by numpy in float64.
  const auto all = baselines(data, split);
  REQUIRE(all.size() == 2);
  const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-7); };
  CHECK(score("root_mean_squared_error", all[0], data, split) == near(1.130278596810));
  CHECK(score("mean_absolute_error", all[0], data, split) == near(0.947755130000));
  CHECK(score("root_mean_squared_error", all[1], data, split) == near(0.945364788742));
  CHECK(score("mean_absolute_error", all[1], data, split) == near(0.750829471484));
  CHECK(standard_deviation(all[1].predictions) == near(0.564830970794));
}

}  // namespace gradus
