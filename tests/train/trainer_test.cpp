#include "framework/train/trainer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "framework/data/generated.h"
#include "framework/kernels/matmul.h"
#include "framework/optim/adam.h"
#include "framework/optim/sgd.h"
#include "framework/train/predictor.h"
#include "models/ranking/ranking.h"
#include "tests/ops/evaluate.h"

namespace gradus {
namespace {

struct Small {
  explicit Small(const Task::Options& options = {}, const RankingModel::Options& model_options = {})
      : table(GeneratedSource({}).read()),
        ids(table),
        data(table, ids, table.label().name),
        model(model_options, ids),
        task(options) {
    initialize(model, 1);
  }

  Batches batches(std::int64_t rows, std::int64_t size) const {
    std::vector<std::int32_t> numbers(static_cast<std::size_t>(rows));
    std::iota(numbers.begin(), numbers.end(), 0);
    return {std::move(numbers), size};
  }

  Table table;
  Vocabularies ids;
  Encoded data;
  RankingModel model;
  Task task;
};

}  // namespace

TEST_CASE("training in bfloat16 is near float32, with the same bits on any number of workers") {
  const auto losses = [](kernels::MathMode mode, int threads) {
    const tests::Threads set(threads);
    Small small;
    const Sgd optimizer({.learning_rate = 0.05});
    Trainer trainer(small.model, small.task, optimizer, small.data, 0, 0, mode);
    Batches batches = small.batches(1000, 500);
    std::vector<double> out;
    trainer.run(batches, 3,
                {.on_step = [&](const StepReport& r) { out.push_back(r.losses.loss); }});
    return out;
  };
  const auto exact = losses(kernels::MathMode::float32, 1);
  const auto rounded = losses(kernels::MathMode::bfloat16, 1);
  REQUIRE(rounded.size() == 6);
  CHECK((rounded == exact) == !kernels::has_bfloat16());
  for (std::size_t k = 0; k < exact.size(); ++k) {
    CHECK(rounded[k] == doctest::Approx(exact[k]).epsilon(0.02));
  }
  for (const int threads : {2, 3, 5}) {
    CHECK(losses(kernels::MathMode::bfloat16, threads) == rounded);
  }
}

TEST_CASE("losses and metrics of an epoch are example-weighted means over its batches") {
  Small small;
  const Sgd optimizer({.learning_rate = 0.05});
  Trainer trainer(small.model, small.task, optimizer, small.data);
  Batches batches = small.batches(250, 100);
  std::vector<StepReport> steps;
  std::vector<EpochReport> epochs;
  trainer.run(batches, 2,
              {.on_step = [&](const StepReport& r) { steps.push_back(r); },
               .on_epoch = [&](const EpochReport& r) { epochs.push_back(r); }});
  REQUIRE(steps.size() == 6);
  REQUIRE(epochs.size() == 2);
  CHECK(steps[2].examples == 50);
  CHECK(steps[5].step == 6);
  CHECK(steps[5].epoch == 2);
  const double mean =
      (100 * steps[0].losses.loss + 100 * steps[1].losses.loss + 50 * steps[2].losses.loss) / 250;
  CHECK(epochs[0].losses.loss == doctest::Approx(mean).epsilon(1e-12));
  CHECK(epochs[0].last_batch_loss == steps[2].losses.loss);
  // The mean squared error is the square of its root's metric.
  CHECK(std::pow(epochs[0].metrics[0].second, 2) == doctest::Approx(mean).epsilon(1e-6));
  CHECK(epochs[1].losses.loss < epochs[0].losses.loss);
}

TEST_CASE("L2 is reported beside the loss and moves the weights") {
  Small plain;
  Small regularized({}, {.embedding_l2 = 0.01, .layer_l2 = 0.02});
  const Sgd optimizer({.learning_rate = 0.05});
  std::array<EpochReport, 2> reports;
  std::size_t which = 0;
  for (Small* small : {&plain, &regularized}) {
    Trainer trainer(small->model, small->task, optimizer, small->data);
    Batches batches = small->batches(1000, 100);
    trainer.run(batches, 1, {.on_epoch = [&](const EpochReport& r) { reports[which] = r; }});
    ++which;
  }
  CHECK(reports[0].losses.regularization_loss == 0.0);
  CHECK(reports[1].losses.regularization_loss > 0.0);
  CHECK(reports[1].losses.total_loss ==
        doctest::Approx(reports[1].losses.loss + reports[1].losses.regularization_loss)
            .epsilon(1e-6));
  CHECK(reports[0].losses.total_loss == reports[0].losses.loss);
}

TEST_CASE("L1 and L2 pull on every weight, rows that are not looked up too") {
  constexpr double kRate = 0.05;
  constexpr double kL1 = 0.02;
  constexpr double kL2 = 0.03;
  Small initial;
  Small plain;
  Small regularized;
  for (const auto& [path, parameter] : regularized.model.parameters()) {
    parameter->l1 = kL1;
    parameter->l2 = kL2;
  }
  const Sgd optimizer({.learning_rate = kRate});
  for (Small* small : {&plain, &regularized}) {
    Trainer trainer(small->model, small->task, optimizer, small->data);
    Batches batches = small->batches(100, 100);
    trainer.run(batches, 1, {});
  }
  for (std::size_t k = 0; k < initial.model.parameters().size(); ++k) {
    const auto before = initial.model.parameters()[k].parameter->value.floats();
    const auto without = plain.model.parameters()[k].parameter->value.floats();
    const auto with = regularized.model.parameters()[k].parameter->value.floats();
    CAPTURE(initial.model.parameters()[k].path);
    for (std::size_t i = 0; i < before.size(); ++i) {
      CAPTURE(i);
      const auto w = static_cast<double>(before[i]);
      const double sign = w > 0 ? 1 : w < 0 ? -1 : 0;
      const double pull = -kRate * (kL1 * sign + 2 * kL2 * w);
      const double moved = static_cast<double>(with[i]) - static_cast<double>(without[i]);
      CHECK(std::abs(moved - pull) <= 1e-6);
    }
  }
}

TEST_CASE("groups move their parameters as their optimisers alone do") {
  const auto sgd = std::make_shared<Sgd>(Sgd::Options{.learning_rate = 0.05});
  const auto adam = std::make_shared<Adam>(Adam::Options{.learning_rate = 0.01});
  Small by_sgd;
  Small by_adam;
  Small by_both;
  const auto train = [](Small& small, const ParameterGroups& groups) {
    Trainer trainer(small.model, small.task, groups, small.data);
    Batches batches = small.batches(100, 100);
    trainer.run(batches, 1, {});
    return trainer.step().states().size();
  };
  train(by_sgd, *sgd);
  CHECK(train(by_adam, *adam) == 2 * by_adam.model.parameters().size());
  const ParameterGroups both({{.parameters = "*_embedding.weight", .optimizer = sgd},
                              {.parameters = "*", .optimizer = adam}});
  CHECK(train(by_both, both) == 2 * (by_both.model.parameters().size() - 2));
  for (std::size_t k = 0; k < by_both.model.parameters().size(); ++k) {
    const std::string path = by_both.model.parameters()[k].path;
    CAPTURE(path);
    Small& alone = path.ends_with("_embedding.weight") ? by_sgd : by_adam;
    CHECK(std::ranges::equal(by_both.model.parameters()[k].parameter->value.floats(),
                             alone.model.parameters()[k].parameter->value.floats()));
  }
  CHECK_THROWS_WITH_AS(train(by_both, ParameterGroups(std::vector<ParameterGroup>{
                                          {.parameters = "*_embedding.weight", .optimizer = sgd}})),
                       "parameter 'ratings.0.weight' is in no group", Error);
}

TEST_CASE("a loss that is not finite stops training and names epoch, step and node") {
  Small small;
  const Sgd optimizer({.learning_rate = 1e30});
  Trainer trainer(small.model, small.task, optimizer, small.data);
  Batches batches = small.batches(1000, 100);
  CHECK_THROWS_WITH_AS(
      trainer.run(batches, 3, {}),
      doctest::Contains("in epoch 1, step 2; the first value that is not finite is of"), Error);
}

TEST_CASE("parameters that the last update of an epoch made infinite are refused") {
  Small small;
  const Sgd optimizer({.learning_rate = 3e38});
  Trainer trainer(small.model, small.task, optimizer, small.data);
  Batches batches = small.batches(100, 100);
  CHECK_THROWS_WITH_AS(trainer.run(batches, 1, {}),
                       doctest::Contains("has a value that is not finite after epoch 1, step 1"),
                       Error);
}

TEST_CASE("clicks: labels beyond 0 to 1 are refused, predictions are probabilities") {
  Small small({.loss = "binary_cross_entropy"});
  const Sgd optimizer({.learning_rate = 0.01});
  CHECK_THROWS_WITH_AS(Trainer(small.model, small.task, optimizer, small.data),
                       doctest::Contains("binary_cross_entropy takes labels from 0 to 1"), Error);
  const Predictor predictor(small.model, small.task, input_columns(small.data));
  const std::vector<std::int32_t> users{1, 2, 3};
  std::vector<float> out(3);
  const std::array<ColumnValues, 2> columns{users, users};
  predictor.predict(columns, out);
  for (const float p : out) {
    CHECK(p > 0.0F);
    CHECK(p < 1.0F);
  }
}

TEST_CASE("sample weights multiply the losses, the divisor stays the batch") {
  Small small;
  const std::vector<InputColumn> columns = input_columns(small.data);
  Graph graph;
  const Trace t = trace(graph, small.model, small.task, columns, true);
  Executor executor(graph, {t.loss, t.predictions});
  const Tensor user(Extents{2}, std::vector<std::int32_t>{1, 2});
  const Tensor labels(Extents{2, 1}, std::vector<float>{4.0F, 1.0F});
  const Tensor weights(Extents{2, 1}, std::vector<float>{3.0F, 0.0F});
  for (const auto& column : t.columns) executor.set(column.value, user.view());
  executor.set(t.labels, labels.view());
  executor.set(t.weights, weights.view());
  executor.run(2);
  const double error = static_cast<double>(executor.output(t.predictions).floats()[0]) - 4.0;
  CHECK(static_cast<double>(*executor.output(t.loss).floats()) ==
        doctest::Approx(3.0 * error * error / 2).epsilon(1e-6));
}

TEST_CASE("a predictor serves several threads at once, each with the same bits") {
  Small small;
  const Predictor predictor(small.model, small.task, input_columns(small.data));
  std::vector<std::int32_t> users(1500, 17);
  std::vector<std::int32_t> items(1500);
  std::iota(items.begin(), items.end(), 1);
  const std::array<ColumnValues, 2> columns{users, items};
  std::vector<float> expected(1500);
  predictor.predict(columns, expected);
  std::array<std::vector<float>, 6> got;
  {
    std::vector<std::jthread> threads;
    threads.reserve(got.size());
    for (auto& out : got) {
      threads.emplace_back([&out, &predictor, &columns] {
        out.resize(1500);
        for (int k = 0; k < 20; ++k) predictor.predict(columns, out);
      });
    }
  }
  for (const auto& out : got) CHECK(out == expected);
  const std::vector<std::int32_t> bad{5000};
  std::vector<float> one(1);
  const std::array<ColumnValues, 2> bad_columns{bad, bad};
  CHECK_THROWS_WITH(predictor.predict(bad_columns, one),
                    "embedding_sum: id 5000 in row 0 of the batch is not a row of "
                    "'user_embedding.weight', which has 944");
  std::vector<float> none;
  const std::array<ColumnValues, 2> empty{};
  predictor.predict(empty, none);
}

}  // namespace gradus
