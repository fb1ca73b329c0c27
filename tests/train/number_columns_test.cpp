#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "framework/optim/adagrad.h"
#include "framework/train/predictor.h"
#include "framework/train/trainer.h"
#include "tests/number_model.h"

namespace gradus {
namespace {

using Numbers = std::vector<float>;

constexpr std::int32_t kRows = 600;

/// `age` from -1 to 1 says what the label is; `user` says nothing, and `height` nearly nothing.
Table ages() {
  Column age{.name = "age", .kind = ColumnKind::number};
  Column user{.name = "user", .kind = ColumnKind::user};
  Column height{.name = "height", .kind = ColumnKind::number};
  Column label{.name = "label", .kind = ColumnKind::label};
  for (std::int32_t row = 0; row < kRows; ++row) {
    age.numbers.push_back(static_cast<float>(row * 37 % 201 - 100) / 100);
    user.codes.push_back(user.strings.add(std::to_string(row % 7)));
    height.numbers.push_back(static_cast<float>(row % 11) / 10);
    label.numbers.push_back(3 * age.numbers.back() - 1 + height.numbers.back() / 8);
  }
  return {"ages", {age, user, height, label}};
}

struct Ages {
  Ages() : ids(table), data(table, ids, "label"), model({}, ids), task({}) { initialize(model, 3); }

  std::vector<InputColumn> columns() const { return input_columns(data); }

  Table table = ages();
  Vocabularies ids;
  Encoded data;
  tests::NumberModel model;
  Task task;
};

std::vector<std::int32_t> all_rows() {
  std::vector<std::int32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

Numbers values(const View& view) { return {view.floats(), view.floats() + view.elements()}; }

}  // namespace

TEST_CASE("columns that a model reads are the ids, then the numbers") {
  const Ages ages;
  for (const auto& columns : {input_columns(ages.ids), input_columns(ages.data)}) {
    REQUIRE(columns.size() == 3);
    CHECK(columns[0].name == "user");
    CHECK_FALSE(columns[0].number);
    CHECK(columns[0].type() == DataType::int32);
    CHECK(columns[1].name == "age");
    CHECK(columns[1].number);
    CHECK(columns[1].type() == DataType::float32);
    CHECK(columns[2].name == "height");
  }
  // A batch's rows come by their users.
  for (const InputColumn& column : input_columns(ages.data)) {
    CHECK(column.in_order == (column.name == "user"));
  }
}

TEST_CASE("a batch has ids and numbers of its rows") {
  const Ages ages;
  Batch batch(ages.data, ages.columns(), 3);
  batch.fill(std::array{5, 0, 7});
  CHECK(batch.column(0).type == DataType::int32);
  CHECK(batch.column(0).extents == Extents{3});
  CHECK(batch.column(0).ids()[1] == 1);
  CHECK(batch.column(0).ids()[2] == 1);
  CHECK(batch.column(1).type == DataType::float32);
  CHECK(values(batch.column(1)) == Numbers{0.85F, -1, -0.42F});
  CHECK(values(batch.column(2)) == Numbers{0.5F, 0, 0.7F});
  batch.fill(std::array{1});
  CHECK(batch.column(1).extents == Extents{1});
  CHECK(values(batch.column(1)) == Numbers{-0.63F});
}

TEST_CASE("what only numbers say is learnt") {
  for (const std::int64_t expected_batch : {0, 100}) {
    CAPTURE(expected_batch);
    Ages ages;
    const Adagrad optimizer({.learning_rate = 0.1});
    Trainer trainer(ages.model, ages.task, optimizer, ages.data, expected_batch);
    Batches batches(all_rows(), 100);
    trainer.run(batches, 60, {});
    Evaluator evaluator(ages.model, ages.task, ages.columns(), false, expected_batch);
    const Evaluation evaluation = evaluator.run(ages.data, Batches(all_rows(), 256));
    // The labels' standard deviation is 1.74.
    CHECK(evaluation.metrics[0].second < 0.1);

    const Predictor predictor(ages.model, ages.task, ages.columns());
    const std::array<ColumnValues, 3> given{ages.data.ids("user"), ages.data.numbers("age"),
                                            ages.data.numbers("height")};
    Numbers predictions(kRows);
    predictor.predict(given, predictions);
    for (std::size_t row = 0; row < predictions.size(); ++row) {
      // Sums of the same float32 numbers in another order.
      REQUIRE(predictions[row] ==
              doctest::Approx(evaluation.predictions[row]).epsilon(1e-5).scale(1));
    }
  }
}

TEST_CASE("a predictor reads the columns that the model reads, and refuses others") {
  const Ages ages;
  std::vector<InputColumn> columns = ages.columns();
  columns.insert(columns.begin(), {{"unread", true}, {"unread too", false}});
  const Predictor predictor(ages.model, ages.task, columns);
  REQUIRE(predictor.columns().size() == 3);
  CHECK(predictor.columns()[0].name == "user");
  CHECK(predictor.columns()[1].name == "age");
  CHECK(predictor.columns()[2].number);

  const std::vector<std::int32_t> ids{1, 2};
  const Numbers numbers{0.5F, 1};
  Numbers out(2);
  const std::array<ColumnValues, 2> few{ids, numbers};
  CHECK_THROWS_WITH(predictor.predict(few, out), "predict: values of 2 columns, the model reads 3");
  const std::array<ColumnValues, 3> short_of_one{ids, numbers, std::span(numbers).first(1)};
  CHECK_THROWS_WITH(predictor.predict(short_of_one, out),
                    "predict: 1 values of column 'height' for 2 predictions");
  const std::array<ColumnValues, 3> of_ids{ids, ids, numbers};
  CHECK_THROWS_WITH(predictor.predict(of_ids, out),
                    "executor: input 'age' holds float32, int32 was given");
  const std::array<ColumnValues, 3> of_numbers{numbers, numbers, numbers};
  CHECK_THROWS_WITH(predictor.predict(of_numbers, out),
                    "executor: input 'user' holds int32, float32 was given");
}

TEST_CASE("numbers are not looked up, and ids are no numbers") {
  const Ages ages;
  const Task task({});
  struct LooksUpNumbers : Model {
    Value forward(const Features& x) const override { return table(x["age"]); }
    const Embedding& table = child<Embedding>("table", 9, 1);
  };
  struct CountsIds : Model {
    Value forward(const Features& x) const override { return reshape(x["user"], {kBatch, 1}); }
  };
  Graph graph;
  CHECK_THROWS_WITH_AS(
      trace(graph, LooksUpNumbers(), task, ages.columns(), false),
      doctest::Contains(
          "embedding: a table of float32 and ids of int32 are needed, not float32 and "
          "float32 (table, "),
      Error);
  CHECK_THROWS_WITH_AS(trace(graph, CountsIds(), task, ages.columns(), false),
                       doctest::Contains("reshape: an input holds int32, float32 is needed"),
                       Error);
  struct Absent : Model {
    Value forward(const Features& x) const override { return x["weight"]; }
  };
  CHECK_THROWS_WITH_AS(
      trace(graph, Absent(), task, ages.columns(), false),
      "model: there is no column 'weight' to read; the data has: age, height, user", Error);
}

}  // namespace gradus
