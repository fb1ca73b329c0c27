#include "framework/train/metrics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "tests/support.h"

namespace gradus {
namespace {

using nlohmann::json;
using Numbers = std::vector<float>;

double metric(const std::string& name, const Numbers& predictions, const Numbers& labels,
              const Numbers& weights = {}) {
  Metrics metrics({name});
  metrics.update({.predictions = predictions, .labels = labels, .weights = weights});
  return metrics.results()[0].second;
}

/// Rows, drawn: predictions with ties, labels of both classes, groups of some ten.
struct Drawn {
  explicit Drawn(std::size_t count) {
    const Random random(1, "metrics test");
    for (std::size_t row = 0; row < count; ++row) {
      predictions.push_back(std::round(100 * random.uniform(row, 0)) / 128 + 0.125F);
      labels.push_back(random.uniform(row, 1) < 0.5F ? 0.0F : 1.0F);
      weights.push_back(random.uniform(row, 2));
      groups.push_back(static_cast<std::int32_t>(random.bits(row, 3) % (count / 10)));
    }
  }

  MetricRows rows(std::size_t begin, std::size_t size) const {
    return {.predictions = std::span(predictions).subspan(begin, size),
            .labels = std::span(labels).subspan(begin, size),
            .weights = std::span(weights).subspan(begin, size),
            .groups = std::span(groups).subspan(begin, size)};
  }

  Numbers predictions;
  Numbers labels;
  Numbers weights;
  std::vector<std::int32_t> groups;
};

/// Every metric, those at k with a k of 3.
std::vector<std::string> all_names() {
  std::vector<std::string> names = metric_names();
  for (std::string& name : names) {
    if (name.ends_with("@k")) name.back() = '3';
  }
  return names;
}

}  // namespace

TEST_CASE("reference: metrics give the values of scikit-learn, scipy and TensorFlow Ranking") {
  const json reference =
      json::parse(tests::read_file(tests::source_folder() / "tests/golden/metrics.json"));
  std::set<std::string> compared;
  for (const json& expected : reference.at("cases")) {
    CAPTURE(expected.at("name").get<std::string>());
    const Numbers predictions = expected.at("predictions");
    const Numbers labels = expected.at("labels");
    const Numbers weights = expected.value("weights", Numbers());
    const std::vector<std::int32_t> groups = expected.value("groups", std::vector<std::int32_t>());
    for (const auto& figure : expected.at("values").items()) {
      const std::string& name = figure.key();
      const json& value = figure.value();
      CAPTURE(name);
      Metrics metrics({name}, {.threshold = expected.at("threshold"),
                               .relevant_label = expected.at("relevant_label")});
      metrics.update(
          {.predictions = predictions, .labels = labels, .weights = weights, .groups = groups});
      const double actual = metrics.results()[0].second;
      if (value.is_null()) {
        CHECK(std::isnan(actual));
      } else {
        CHECK(std::abs(actual - value.get<double>()) <= 1e-6);
      }
      compared.insert(metrics.list()[0].metric->name);
    }
  }
  for (const std::string& name : metric_names()) {
    CHECK_MESSAGE(compared.contains(name), "no value of " << name << " was compared");
  }
}

TEST_CASE("metrics of ratings") {
  const Numbers predictions = {3, 4.5, 1, 2};
  const Numbers labels = {4, 4, 1, 5};  // differences -1, 0.5, 0, -3
  CHECK(metric("mean_squared_error", predictions, labels) == 10.25 / 4);
  CHECK(metric("root_mean_squared_error", predictions, labels) ==
        doctest::Approx(1.6007810593582121).epsilon(1e-15));
  CHECK(metric("mean_absolute_error", predictions, labels) == 4.5 / 4);
  const Numbers weights = {2, 4, 1, 0};
  CHECK(metric("mean_squared_error", predictions, labels, weights) == 3.0 / 7);
  CHECK(metric("root_mean_squared_error", predictions, labels, weights) ==
        doctest::Approx(0.6546536707079771).epsilon(1e-15));
  CHECK(metric("mean_absolute_error", predictions, labels, weights) == 4.0 / 7);
}

TEST_CASE("metrics of clicks") {
  const Numbers predictions = {0.75, 0.25, 0.5, 0.625};
  const Numbers labels = {1, 0, 1, 0};
  // -(log 0.75 + log 0.75 + log 0.5 + log 0.375) / 4, by Python's math
  CHECK(metric("log_loss", predictions, labels) ==
        doctest::Approx(0.5623351446188083).epsilon(1e-14));
  CHECK(metric("accuracy", predictions, labels) == 0.5);  // 0.5 counts as 0
  const Numbers weights = {3, 0, 0, 1};
  CHECK(metric("log_loss", predictions, labels, weights) ==
        doctest::Approx(0.46096886759176725).epsilon(1e-14));
  CHECK(metric("accuracy", predictions, labels, weights) == 0.75);
}

TEST_CASE("log loss of a certain and wrong prediction is finite, as in Keras") {
  // -log 1e-7
  CHECK(metric("log_loss", {0}, {1}) == doctest::Approx(16.11809565095832).epsilon(1e-12));
  CHECK(metric("log_loss", {1}, {0}) == doctest::Approx(16.11809565095832).epsilon(1e-9));
  CHECK(metric("log_loss", {1}, {1}) == doctest::Approx(1.00000005e-7).epsilon(1e-8));
}

TEST_CASE("metrics are the same for any batching, go on from their state, and start again") {
  constexpr std::size_t kRows = 10007;
  const Drawn drawn(kRows);
  Metrics metrics(all_names());
  const Figures none = metrics.results();
  metrics.update(drawn.rows(0, kRows));
  const Figures whole = metrics.results();
  for (const auto& figure : whole) {
    CAPTURE(figure.first);
    CHECK(std::abs(figure.second) > 1e-4);
  }
  metrics.reset();
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  for (std::size_t k = 0; k < none.size(); ++k) {
    CHECK(same(metrics.results()[k].second, none[k].second));
  }
  for (std::size_t begin = 0; begin < kRows; begin += 100) {
    metrics.update(drawn.rows(begin, std::min<std::size_t>(100, kRows - begin)));
    if (begin != 5000) continue;
    Metrics other(all_names());
    other.restore(metrics.sums(), metrics.rows());
    std::swap(metrics, other);
  }
  CHECK(metrics.results() == whole);
}

TEST_CASE("metrics without rows are 0 or not a number") {
  const Figures figures = Metrics(all_names()).results();
  for (const auto& figure : figures) {
    CAPTURE(figure.first);
    const std::string& name = figure.first;
    const auto& value = figure.second;
    const std::set<std::string> undefined = {"auc",     "grouped_auc",        "spearman",
                                             "kendall", "normalized_entropy", "calibration"};
    CHECK(std::isnan(value) == undefined.contains(name));
    CHECK((std::isnan(value) || value == 0));
  }
}

TEST_CASE("only metrics of an order keep rows, only those of groups need them, few run along") {
  const auto seen = [](const std::string& name) {
    const Metrics metrics({name});
    return std::string(metrics.keeps_rows() ? "keeps" : "runs") +
           (metrics.by_group() ? " groups" : "");
  };
  CHECK(seen("accuracy") == "runs");
  CHECK(seen("normalized_entropy") == "runs");
  CHECK(seen("auc") == "keeps");
  CHECK(seen("ndcg@10") == "keeps groups");
  Metrics metrics({"auc", "accuracy"});
  metrics.update({.predictions = Numbers{0.25F, 0.75F}, .labels = Numbers{0, 1}});
  CHECK(metrics.running_results() == Figures{{"accuracy", 1}});
  CHECK(metrics.results() == Figures{{"auc", 1}, {"accuracy", 1}});
  CHECK(metrics.rows().labels.size() == 2);
  CHECK(Metrics({"accuracy"}).rows().labels.empty());
}

TEST_CASE("metrics of an order say nothing of predictions that are not numbers") {
  const std::vector<std::int32_t> groups = {1, 1, 1};
  Metrics metrics({"auc", "spearman", "kendall", "grouped_auc", "ndcg@2"});
  metrics.update({.predictions = Numbers{0.25F, std::nanf(""), 0.5F},
                  .labels = Numbers{0, 1, 1},
                  .groups = groups});
  for (const auto& figure : metrics.results()) {
    CAPTURE(figure.first);
    CHECK(std::isnan(figure.second));
  }
}

TEST_CASE("rows of weight 0 are not there") {
  constexpr std::size_t kRows = 200;
  Drawn drawn(kRows);
  Drawn fewer(kRows);
  for (auto* values : {&fewer.predictions, &fewer.labels, &fewer.weights}) values->clear();
  fewer.groups.clear();
  for (std::size_t row = 0; row < kRows; ++row) {
    if (row % 3 == 0) {
      drawn.weights[row] = 0;
      drawn.predictions[row] = 1;
      continue;
    }
    fewer.predictions.push_back(drawn.predictions[row]);
    fewer.labels.push_back(drawn.labels[row]);
    fewer.weights.push_back(drawn.weights[row]);
    fewer.groups.push_back(drawn.groups[row]);
  }
  Metrics all(all_names());
  Metrics some(all_names());
  all.update(drawn.rows(0, kRows));
  some.update(fewer.rows(0, fewer.labels.size()));
  for (std::size_t k = 0; k < all.list().size(); ++k) {
    CAPTURE(all.list()[k].name);
    CHECK(all.results()[k].second == doctest::Approx(some.results()[k].second).epsilon(1e-12));
  }
}

TEST_CASE("weights that add up to 0 give 0, as in Keras") {
  CHECK(metric("root_mean_squared_error", {1, 2}, {3, 4}, {0, 0}) == 0);
}

TEST_CASE("metrics refuse other lengths, missing groups and unknown names") {
  CHECK_THROWS_WITH(metric("accuracy", {1}, {1, 0}),
                    "metric: 1 predictions, 2 labels and 0 weights");
  CHECK_THROWS_WITH(metric("accuracy", {1, 1}, {1, 0}, {1}),
                    "metric: 2 predictions, 2 labels and 1 weights");
  CHECK_THROWS_WITH(metric("ndcg@5", {1, 1}, {1, 0}),
                    "metric: ndcg@5 compares the rows of a group; 2 rows have 0 groups");
  Metrics metrics({"auc"});
  const Numbers numbers = {1, 0};
  metrics.update({.predictions = numbers, .labels = numbers});
  CHECK_THROWS_WITH(metrics.update({.predictions = numbers, .labels = numbers, .weights = numbers}),
                    "metric: rows with weights and rows without them");
  CHECK_THROWS_WITH(metrics.restore({}, {}), "training: 1 metrics, their states are 0");
  CHECK_THROWS_WITH(
      metrics.restore(std::vector<Sums>(1), {.predictions = {1}}),
      "training: the rows kept for metrics are 1 predictions, 0 labels, 0 weights and 0 groups");
  CHECK_THROWS_WITH(
      Metrics({"root_mean_square_error"}),
      "no metric \"root_mean_square_error\", nearest is \"root_mean_squared_error\"; "
      "the metrics: root_mean_squared_error, mean_squared_error, mean_absolute_error, log_loss, "
      "normalized_entropy, calibration, accuracy, precision, recall, auc, spearman, kendall, "
      "grouped_auc, ndcg, ndcg@k, mean_reciprocal_rank, mean_reciprocal_rank@k, "
      "mean_average_precision, mean_average_precision@k, precision@k, recall@k, hit_rate@k");
  for (const char* name : {"ndcg@k", "ndcg@", "ndcg@0", "ndcg@-1", "ndcg@1.5", "ndcg@1234567890",
                           "accuracy@3", "hit_rate", ""}) {
    CHECK_THROWS_AS_MESSAGE(Metrics({name}), Error, name);
  }
  CHECK(Metrics({"recall@20"}).list()[0].parameters.cut == 20);
}

}  // namespace gradus
