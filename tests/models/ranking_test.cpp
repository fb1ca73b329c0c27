#include "models/ranking/ranking.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "framework/data/batches.h"
#include "framework/data/generated.h"
#include "framework/data/movielens.h"
#include "framework/data/random_split.h"
#include "framework/experiment/safetensors.h"
#include "framework/graph/plain_executor.h"
#include "framework/kernels/parallel.h"
#include "framework/optim/adagrad.h"
#include "framework/train/baselines.h"
#include "framework/train/predictor.h"
#include "framework/train/spread.h"
#include "framework/train/trainer.h"
#include "tests/support.h"

namespace gradus {
namespace {

using experiment::NamedTensors;
using experiment::read_safetensors;

/// The trace of TFRS: see tests/golden/README.md.
std::filesystem::path reference(const std::string& name) {
  return tests::source_folder() / "tests/golden/ranking" / name;
}

std::vector<std::int32_t> rows_of(const std::string& name) {
  std::ifstream in(reference(name));
  std::vector<std::int32_t> rows;
  for (std::int32_t row = 0; in >> row;) rows.push_back(row);
  return rows;
}

/// The tutorial's data, model, task and optimiser.
struct Tutorial {
  explicit Tutorial(const Table& table)
      : ids(table), data(table, ids, table.label().name), model({}, ids), task({}) {
    initialize(model, 42);
  }

  void start_from(const NamedTensors& tensors) {
    for (const auto& [path, parameter] : model.parameters()) {
      const auto values = tensors.at(path).floats();
      REQUIRE(values.size() == parameter->value.floats().size());
      std::ranges::copy(values, parameter->value.floats().begin());
    }
  }

  Vocabularies ids;
  Encoded data;
  RankingModel model;
  Task task;
  Adagrad optimizer{{.learning_rate = 0.1}};
};

Tutorial movielens_tutorial(const std::filesystem::path& folder) {
  MovieLens100K::Options options;
  options.path = folder.string();
  return Tutorial(MovieLens100K(options).read());
}

Tutorial generated_tutorial() { return Tutorial(GeneratedSource({}).read()); }

double largest_difference(std::span<const float> a, std::span<const float> b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return largest;
}

double largest(std::span<const float> values) {
  double out = 0;
  for (const float value : values) out = std::max(out, std::abs(static_cast<double>(value)));
  return out;
}

// Instrumented builds train as long as the check of three epochs needs.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t kEpochs = 3;
#else
constexpr std::int64_t kEpochs = 20;
#endif

// With the products of the plain graph, and with each row of a table multiplied once.
constexpr std::array<std::int64_t, 2> kExpectedBatches{0, 8192};

void check_steps(std::int64_t expected_batch) {
  CAPTURE(expected_batch);
  const auto folder = tests::movielens();
  if (!folder) return;
  Tutorial tutorial = movielens_tutorial(*folder);
  CHECK(parameter_count(tutorial.model) == 116641);
  tutorial.start_from(read_safetensors(reference("initial.safetensors")));
  const auto trace = nlohmann::json::parse(std::ifstream(reference("trace.json")));

  Batches batches(rows_of("train_rows.txt"), 8192);
  Trainer trainer(tutorial.model, tutorial.task, tutorial.optimizer, tutorial.data, expected_batch);
  std::int64_t steps = 0;
  trainer.run(batches, 3, {.on_step = [&](const StepReport& report) {
                const auto& expected = trace["steps"][static_cast<std::size_t>(steps++)];
                const auto loss = expected["loss"].get<double>();
                CAPTURE(report.step);
                CHECK(report.examples == expected["rows"].get<std::int64_t>());
                CHECK(std::abs(report.losses.loss - loss) <= 1e-5 * loss);
              }});
  CHECK(steps == 30);

  const NamedTensors final = read_safetensors(reference("final.safetensors"));
  for (const Module::Named& named : tutorial.model.parameters()) {
    CAPTURE(named.path);
    CHECK(largest_difference(named.parameter->value.floats(), final.at(named.path).floats()) <=
          1e-4);
  }

  const auto test_rows = rows_of("test_rows.txt");
  Evaluator evaluator(tutorial.model, tutorial.task, input_columns(tutorial.data), false,
                      expected_batch);
  const Evaluation result = evaluator.run(tutorial.data, Batches(test_rows, 4096));
  const Tensor predictions =
      read_safetensors(reference("test_predictions.safetensors")).at("predictions");
  CHECK(largest_difference(result.predictions, predictions.floats()) <= 1e-4);
  const auto& last = trace["epochs"][2];
  CHECK(result.metrics[0].second == doctest::Approx(last["test_rmse"].get<double>()).epsilon(1e-6));
  CHECK(result.last_batch_loss ==
        doctest::Approx(last["test_last_batch_mse"].get<double>()).epsilon(1e-6));

  // What TFRS' own predictions and weights say of it, computed with numpy and scipy.
  CHECK(std::abs(standard_deviation(result.predictions) - 0.0684) <= 5e-4);
  const Predictor predictor(tutorial.model, tutorial.task, input_columns(tutorial.data));
  const auto spread =
      order_correlation(tutorial.ids["user_id"], tutorial.ids["movie_title"],
                        [&](std::int32_t user, std::span<const std::int32_t> items) {
                          const std::vector<std::int32_t> users(items.size(), user);
                          std::vector<float> scores(items.size());
                          const std::array<ColumnValues, 2> columns{users, items};
                          predictor.predict(columns, scores);
                          return scores;
                        });
  CHECK(std::abs(spread.correlation - 0.9997) <= 5e-4);
  CHECK(spread.users == 50);
  CHECK(spread.items == 1664);
}

TEST_CASE("parity: thirty steps of the tutorial are those of TFRS") {
  for (const std::int64_t expected_batch : kExpectedBatches) check_steps(expected_batch);
}

void check_first_gradients(std::int64_t expected_batch) {
  CAPTURE(expected_batch);
  const auto folder = tests::movielens();
  if (!folder) return;
  Tutorial tutorial = movielens_tutorial(*folder);
  tutorial.start_from(read_safetensors(reference("initial.safetensors")));
  const std::vector<InputColumn> columns = input_columns(tutorial.data);
  TrainingStep step(tutorial.model, tutorial.task, tutorial.optimizer, columns, false,
                    expected_batch);
  Batch batch(tutorial.data, columns, 8192);
  const auto rows = rows_of("train_rows.txt");
  batch.fill(std::span(rows).first(8192));

  std::vector<Value> outputs;
  for (const Gradient& gradient : step.gradients()) {
    if (gradient.dense) outputs.push_back(gradient.dense);
    for (const RowGradient& part : gradient.rows) outputs.push_back(part.rows);
  }
  Executor executor(step.graph(), outputs);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    executor.set(step.traced().columns[k].value, batch.column(k));
  }
  executor.set(step.traced().labels, batch.labels());
  executor.run(batch.rows());

  const NamedTensors expected = read_safetensors(reference("step1_gradients.safetensors"));
  for (std::size_t p = 0; p < step.parameters().size(); ++p) {
    const std::string path = step.parameters()[p].node().scope;
    const Gradient& gradient = step.gradients()[p];
    const auto want = expected.at(path).floats();
    std::vector<float> got(want.size(), 0.0F);
    if (gradient.dense) {
      const View view = executor.output(gradient.dense);
      std::copy_n(view.floats(), view.elements(), got.begin());
    }
    for (const RowGradient& part : gradient.rows) {
      const auto column = std::ranges::find_if(step.traced().columns,
                                               [&](const auto& c) { return c.value == part.ids; });
      const View ids =
          batch.column(static_cast<std::size_t>(column - step.traced().columns.begin()));
      const View values = executor.output(part.rows);
      const std::int64_t dimension = values.extents[1];
      const std::int64_t apart = values.row_step > 0 ? values.row_step : dimension;
      for (std::int64_t i = 0; i < values.elements(); ++i) {
        got[static_cast<std::size_t>(ids.ids()[i / dimension] * dimension + i % dimension)] +=
            values.floats()[i / dimension * apart + i % dimension];
      }
    }
    CAPTURE(path);
    CHECK(largest_difference(got, want) <= 1e-5 * largest(want));
  }
}

TEST_CASE("parity: every gradient of the first step is that of TFRS") {
  for (const std::int64_t expected_batch : kExpectedBatches) check_first_gradients(expected_batch);
}

TEST_CASE("baselines of the reference split are those of an independent computation") {
  const auto folder = tests::movielens();
  if (!folder) return;
  const Tutorial tutorial = movielens_tutorial(*folder);
  const Split split{.train = rows_of("train_rows.txt"), .test = rows_of("test_rows.txt")};
  std::vector<double> errors;
  for (const Baseline& baseline : baselines(tutorial.data, split)) {
    double sum = 0;
    for (std::size_t i = 0; i < split.test.size(); ++i) {
      const auto row = static_cast<std::size_t>(split.test[i]);
      const double error = static_cast<double>(baseline.predictions[i]) -
                           static_cast<double>(tutorial.data.labels()[row]);
      sum += error * error;
    }
    errors.push_back(std::sqrt(sum / static_cast<double>(split.test.size())));
  }
  REQUIRE(errors.size() == 2);
  CHECK(std::abs(errors[0] - 1.1303) <= 5e-5);
  CHECK(std::abs(errors[1] - 0.9454) <= 5e-5);
}

// One seed in twelve ends in a swing of the loss, as with TFRS itself, of which 4 of 30 seeds do
// not beat the constant mean by 0.005 after three epochs; so eight of ten are asked for.
TEST_CASE("quality: ten seeds of the tutorial learn as TFRS' does") {
  const auto folder = tests::movielens();
  if (!folder) return;
  MovieLens100K::Options source;
  source.path = folder->string();
  const Table table = MovieLens100K(source).read();
  double mean_after_3 = 0;
  double mean_after_20 = 0;
  int beat_the_constant = 0;
  for (int seed = 0; seed < 10; ++seed) {
    Tutorial tutorial(table);
    initialize(tutorial.model, static_cast<std::uint64_t>(seed));
    const Split split = RandomSplit({.train = 80000, .test = 20000, .seed = seed}).split(table);
    const Baseline constant = constant_mean(tutorial.data, split);
    Metrics metric({"root_mean_squared_error"});
    std::vector<float> labels(split.test.size());
    tutorial.data.copy_labels(split.test, labels);
    metric.update({.predictions = constant.predictions, .labels = labels});
    const double constant_error = metric.results()[0].second;

    Batches batches(split.train, 8192, Shuffle::once, static_cast<std::uint64_t>(seed));
    Trainer trainer(tutorial.model, tutorial.task, tutorial.optimizer, tutorial.data, 8192);
    Evaluator evaluator(tutorial.model, tutorial.task, input_columns(tutorial.data), false, 4096);
    const auto test_error = [&] {
      return evaluator.run(tutorial.data, Batches(split.test, 4096)).metrics[0].second;
    };
    trainer.run(batches, kEpochs, {.on_epoch = [&](const EpochReport& report) {
                  if (report.epoch != 3) return;
                  const double error = test_error();
                  if (error <= constant_error - 0.005) ++beat_the_constant;
                  mean_after_3 += error / 10;
                }});
    mean_after_20 += test_error() / 10;
  }
  MESSAGE("mean test RMSE: ", mean_after_3, " after 3 epochs, ", mean_after_20, " after ", kEpochs);
  CHECK(beat_the_constant >= 8);
  CHECK(mean_after_3 >= 1.103);
  CHECK(mean_after_3 <= 1.118);
  if (kEpochs == 20) CHECK(mean_after_20 <= 0.965);
}

void check_same_bits(std::int64_t expected_batch) {
  CAPTURE(expected_batch);
  std::vector<float> first;
  for (const int threads : {1, 2, 3, 5, 8, 8, 5, 3, 2, 1}) {
    kernels::set_threads(threads);
    Tutorial tutorial = generated_tutorial();
    std::vector<std::int32_t> rows(3 * 8192 + 6272);
    std::iota(rows.begin(), rows.end(), 0);
    Batches batches(rows, 8192, Shuffle::once, 7);
    Trainer trainer(tutorial.model, tutorial.task, tutorial.optimizer, tutorial.data,
                    expected_batch);
    trainer.run(batches, 2, {});

    std::vector<float> all;
    for (const auto& [path, parameter] : tutorial.model.parameters()) {
      const auto values = parameter->value.floats();
      all.insert(all.end(), values.begin(), values.end());
    }
    Evaluator evaluator(tutorial.model, tutorial.task, input_columns(tutorial.data), false,
                        expected_batch);
    const Evaluation result = evaluator.run(tutorial.data, Batches(rows, 4096));
    all.insert(all.end(), result.predictions.begin(), result.predictions.end());
    if (first.empty()) first = all;
    const auto same = std::ranges::mismatch(first, all).in1;
    CAPTURE(threads);
    CAPTURE(same - first.begin());
    CHECK(same == first.end());

    const auto tiles = trainer.step().executor().tiles_by_worker();
    CHECK(tiles.size() == static_cast<std::size_t>(threads));
    const auto busy = [&] { return std::ranges::count_if(tiles, [](auto n) { return n > 0; }); };
    // On a busy machine one worker may have run all tiles before another one woke up.
    for (int more = 0; busy() < std::min(threads, 2) && more < 200; ++more) {
      trainer.run(batches, trainer.position().epoch, {});  // one more
    }
    INFO("workers that ran tiles: ", busy());
    CHECK(busy() >= std::min(threads, 2));
  }
  kernels::set_threads(0);
}

TEST_CASE("same bits: the tutorial's weights and predictions on any number of workers") {
  for (const std::int64_t expected_batch : kExpectedBatches) check_same_bits(expected_batch);
}

void check_tiled_is_plain(std::int64_t expected_batch) {
  CAPTURE(expected_batch);
  Tutorial tutorial = generated_tutorial();
  const std::vector<InputColumn> columns = input_columns(tutorial.data);
  TrainingStep step(tutorial.model, tutorial.task, tutorial.optimizer, columns, false,
                    expected_batch);
  std::vector<std::int32_t> rows(8000);
  std::iota(rows.begin(), rows.end(), 100);
  Batch batch(tutorial.data, columns, 8192);
  batch.fill(rows);
  std::vector<Value> targets{step.traced().total_loss, step.traced().predictions};
  for (std::size_t p = 0; p < step.parameters().size(); ++p) {
    if (step.gradients()[p].dense) targets.push_back(step.gradients()[p].dense);
    for (const RowGradient& part : step.gradients()[p].rows) targets.push_back(part.rows);
  }

  Executor tiled(step.graph(), targets);
  PlainExecutor plain(step.graph());
  const auto set = [&](Value input, const View& view) {
    tiled.set(input, view);
    const auto count = static_cast<std::size_t>(view.elements());
    plain.set(input, view.type == DataType::int32
                         ? Tensor(view.extents, std::span<const std::int32_t>(view.ids(), count))
                         : Tensor(view.extents, std::span<const float>(view.floats(), count)));
  };
  for (std::size_t k = 0; k < columns.size(); ++k) {
    set(step.traced().columns[k].value, batch.column(k));
  }
  set(step.traced().labels, batch.labels());
  tiled.run(batch.rows());
  plain.run(targets, batch.rows());
  CHECK(tiled.plan(batch.rows()).tiles > 8);
  for (const Value& target : targets) {
    const View view = tiled.output(target);
    const auto expected = plain.value(target).floats();
    CAPTURE(target.node().op->name);
    CAPTURE(target.node().scope);
    CHECK(largest_difference({view.floats(), expected.size()}, expected) <=
          1e-5 * largest(expected));
  }
}

TEST_CASE("tiled = plain: the tutorial's training step") {
  for (const std::int64_t expected_batch : kExpectedBatches) check_tiled_is_plain(expected_batch);
}

TEST_CASE("a rating model refuses what it cannot read") {
  Vocabularies ids;
  ids.add("word", ColumnKind::id, Vocabulary({"a", "b"}));
  CHECK_THROWS_WITH(RankingModel({}, ids),
                    "config: /model/features: the data has no user and no item column: name the id "
                    "columns to look up");
  RankingModel::Options options;
  options.features = {"word", "word"};
  CHECK_THROWS_WITH(RankingModel(options, ids), "config: /model/features: 'word' is named 2 times");
  ids.add_number("age");
  options.features = {"word", "age"};
  CHECK_THROWS_WITH(RankingModel(options, ids),
                    "config: /model/features: column \"age\" is of kind number, which has no ids; "
                    "the id columns: word");
  options.features = {"word"};
  const RankingModel model(options, ids);
  CHECK(model.parameters()[0].path == "word_embedding.weight");
}

}  // namespace
}  // namespace gradus
