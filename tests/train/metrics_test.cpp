#include "framework/train/metrics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "framework/core/random.h"

namespace gradus {
namespace {

using Numbers = std::vector<float>;

double metric(const std::string& name, const Numbers& predictions, const Numbers& labels,
              const Numbers& weights = {}) {
  const auto metric = make_metric(name);
  metric->update(predictions, labels, weights);
  return metric->result();
}

}  // namespace

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

TEST_CASE("metrics are the same for any batching, start again, and need no rows") {
  constexpr std::size_t kRows = 10007;
  Numbers predictions;
  Numbers labels;
  Numbers weights;
  const Random random(1, "metrics test");
  for (std::size_t row = 0; row < kRows; ++row) {
    predictions.push_back(random.uniform(row, 0));
    labels.push_back(random.uniform(row, 1) < 0.5F ? 0.0F : 1.0F);
    weights.push_back(random.uniform(row, 2));
  }
  for (const auto& kind : metrics()) {
    CAPTURE(kind.name);
    const auto metric = kind.create().make();
    CHECK(metric->result() == 0);
    metric->update(predictions, labels, weights);
    const double whole = metric->result();
    CHECK(whole > 0.1);
    metric->reset();
    CHECK(metric->result() == 0);
    for (std::size_t begin = 0; begin < kRows; begin += 100) {
      const std::size_t size = std::min<std::size_t>(100, kRows - begin);
      metric->update({predictions.data() + begin, size}, {labels.data() + begin, size},
                     {weights.data() + begin, size});
    }
    CHECK(metric->result() == whole);
  }
}

TEST_CASE("weights that add up to 0 give 0, as in Keras") {
  CHECK(metric("root_mean_squared_error", {1, 2}, {3, 4}, {0, 0}) == 0);
}

TEST_CASE("metrics refuse other lengths and unknown names") {
  CHECK_THROWS_WITH(metric("accuracy", {1}, {1, 0}),
                    "metric: 1 predictions, 2 labels and 0 weights");
  CHECK_THROWS_WITH(metric("accuracy", {1, 1}, {1, 0}, {1}),
                    "metric: 2 predictions, 2 labels and 1 weights");
  CHECK_THROWS_WITH(make_metric("root_mean_square_error"),
                    "no metric \"root_mean_square_error\", nearest is \"root_mean_squared_error\"; "
                    "the metrics: root_mean_squared_error, mean_squared_error, "
                    "mean_absolute_error, log_loss, accuracy");
}

}  // namespace gradus
