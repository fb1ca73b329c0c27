#include "framework/train/task.h"

#include <doctest/doctest.h>

#include <array>
#include <map>

#include "framework/core/error.h"
#include "framework/ops/scale.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

std::vector<std::string> default_metrics(const std::string& loss) {
  const Metrics metrics = Task({.loss = loss}).make_metrics();
  std::vector<std::string> names;
  for (const auto& entry : metrics.list()) names.push_back(entry.name);
  return names;
}

TEST_CASE("every loss that a task can have is that of its outputs, and predicts in labels' terms") {
  struct Expected {
    double loss;  // of outputs 3 and -0.5 for labels of 1 and 0, weighted by 2 and 1
    std::array<double, 2> predictions;
    std::vector<std::string> metrics;
  };
  // By Python's math.
  const std::map<std::string, Expected> all = {
      {"mean_squared_error", {(2 * 4 + 0.25) / 2, {3, -0.5}, {"root_mean_squared_error"}}},
      {"mean_absolute_error", {(2 * 2 + 0.5) / 2, {3, -0.5}, {"mean_absolute_error"}}},
      {"huber", {(2 * 1.5 + 0.125) / 2, {3, -0.5}, {"root_mean_squared_error"}}},
      {"log_cosh",
       {(2 * 1.3250027473578645 + 0.12011450695827752) / 2,
        {3, -0.5},
        {"root_mean_squared_error"}}},
      {"binary_cross_entropy",
       {(2 * 0.04858735157374206 + 0.4740769841801067) / 2,
        {0.9525741268224334, 0.3775406687981454},
        {"log_loss", "accuracy"}}},
      {"hinge", {0.5 / 2, {2, 0.25}, {"accuracy"}}},
  };
  CHECK(Task::Options::loss_names().size() == all.size());
  for (const std::string& name : Task::Options::loss_names()) {
    CAPTURE(name);
    const Task task({.loss = name});
    const Expected& expected = all.at(name);
    const std::vector<Tensor> inputs = {tensor({2, 1}, {3, -0.5F}), tensor({2, 1}, {1, 0}),
                                        tensor({2, 1}, {2, 1})};
    const auto loss = [&](const Values& x) { return task.loss(x[0], x[1], x[2]); };
    CHECK(evaluate(loss, inputs)[0] == doctest::Approx(expected.loss).epsilon(1e-6));
    // A graph of nothing but its input has nothing to run.
    const auto predicted =
        evaluate([&](const Values& x) { return scale(task.predictions(x[0]), 1.0); }, {inputs[0]});
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(predicted[i] == doctest::Approx(expected.predictions[i]).epsilon(1e-6));
    }
    CHECK(default_metrics(name) == expected.metrics);
  }
}

TEST_CASE("a task's huber_delta is the loss's") {
  const Task task({.loss = "huber", .huber_delta = 0.5});
  const auto loss = [&](const Values& x) { return task.loss(x[0], x[1], Value()); };
  CHECK(evaluate(loss, {tensor({1, 1}, {3}), tensor({1, 1}, {1})})[0] == 0.5F * (2 - 0.25F));
}

TEST_CASE("a task refuses a loss that there is none of, and labels that its loss does not allow") {
  CHECK_THROWS_WITH(Task({.loss = "mse"}),
                    "task: no loss \"mse\"; the losses: mean_squared_error, mean_absolute_error, "
                    "huber, log_cosh, binary_cross_entropy, hinge");
  const std::vector<float> half = {1, 0.5F};
  const std::vector<float> stars = {1, 5};
  CHECK_NOTHROW(Task({.loss = "huber"}).check_labels(stars));
  CHECK_NOTHROW(Task({.loss = "binary_cross_entropy"}).check_labels(half));
  CHECK_THROWS_WITH(Task({.loss = "binary_cross_entropy"}).check_labels(stars),
                    "task: row 1: label 5, binary_cross_entropy takes labels from 0 to 1");
  CHECK_THROWS_WITH(Task({.loss = "hinge"}).check_labels(half),
                    "task: row 1: label 0.5, hinge takes labels of 0 and 1");
}

TEST_CASE("a task's threshold and relevant label are its metrics', as float32") {
  const Task task({.metrics = {"accuracy", "recall"}, .relevant_label = 0.7, .threshold = 3.5});
  Metrics metrics = task.make_metrics();
  const std::vector<float> predictions = {3.5F, 4, 4};
  const std::vector<float> labels = {0.7F, 0.7F, 0.5F};
  metrics.update({.predictions = predictions, .labels = labels});
  const Figures figures = metrics.results();
  CHECK(figures[0].second == doctest::Approx(1.0 / 3).epsilon(1e-15));
  CHECK(figures[1].second == 0.5);
}

}  // namespace
}  // namespace gradus::tests
