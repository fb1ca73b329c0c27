#include "models/dlrm/dlrm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "framework/core/random.h"
#include "framework/data/batches.h"
#include "framework/graph/differentiate.h"
#include "framework/kernels/matmul.h"
#include "framework/optim/adagrad.h"
#include "framework/train/trainer.h"
#include "tests/graph/allocations.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

using Doubles = std::vector<double>;

/// A click where user and item go together, unless `age` is far below 0, and where it is far above;
/// `place` and `price` say nothing.
Table clicks(std::int32_t rows) {
  Column user{.name = "user", .kind = ColumnKind::user};
  Column item{.name = "item", .kind = ColumnKind::item};
  Column place{.name = "place", .kind = ColumnKind::id};
  Column age{.name = "age", .kind = ColumnKind::number};
  Column price{.name = "price", .kind = ColumnKind::number};
  Column label{.name = "clicked", .kind = ColumnKind::label};
  const Random random(3, "clicks");
  for (std::int32_t row = 0; row < rows; ++row) {
    const auto at = static_cast<std::uint64_t>(row);
    const std::int64_t u = random.integer(at, 11);
    const std::int64_t i = random.integer(at + 1000000, 13);
    user.codes.push_back(user.strings.add(std::to_string(u)));
    item.codes.push_back(item.strings.add(std::to_string(i)));
    place.codes.push_back(place.strings.add(std::to_string(row % 3)));
    age.numbers.push_back(random.uniform(at, 4, -2, 2));
    price.numbers.push_back(random.uniform(at, 5, 0, 1));
    const float together = u * 7 % 11 % 2 == i * 5 % 13 % 2 ? 1.0F : -1.0F;
    label.numbers.push_back(together + age.numbers.back() > 0 ? 1.0F : 0.0F);
  }
  return {"clicks", {user, age, item, place, label, price}};
}

const std::vector<std::string> kAll{"user", "item", "place", "age", "price"};

DlrmModel::Options small(std::vector<std::string> features, std::vector<int> bottom = {5},
                         std::vector<int> top = {7, 6}) {
  DlrmModel::Options options;
  options.embedding_dimension = 4;
  options.bottom = std::move(bottom);
  options.top = std::move(top);
  options.features = std::move(features);
  return options;
}

struct Clicks {
  explicit Clicks(std::int32_t rows, const DlrmModel::Options& options = {})
      : table(clicks(rows)),
        columns(table),
        data(table, columns, "clicked"),
        model(options, columns),
        task({.loss = "binary_cross_entropy"}),
        all(static_cast<std::size_t>(rows)) {
    initialize(model, 3);
    std::iota(all.begin(), all.end(), 0);
  }

  /// Values that leave nothing near 0, as the first ones of tables and biases are.
  void spread_parameters() {
    for (const auto& [path, parameter] : model.parameters()) {
      const auto values = parameter->value.floats();
      const Random random(9, path);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = random.uniform(i, 0, -0.7F, 0.7F);
    }
  }

  Table table;
  Vocabularies columns;
  Encoded data;
  DlrmModel model;
  Task task;
  std::vector<std::int32_t> all;
};

/// DLRM's formula in loops over single rows, in double precision, with a model's parameters.
class Loops {
 public:
  Loops(const DlrmModel& model, std::vector<std::string> ids, std::vector<std::string> numbers)
      : ids_(std::move(ids)), numbers_(std::move(numbers)) {
    for (const auto& [path, parameter] : model.parameters()) {
      const auto values = parameter->value.floats();
      parameters_[path] = {values.begin(), values.end()};
    }
  }

  Doubles& parameter(const std::string& path) { return parameters_.at(path); }

  double logit(const Encoded& data, std::size_t row) const {
    std::vector<Doubles> vectors;
    if (!numbers_.empty()) {
      Doubles numbers;
      for (const std::string& name : numbers_) numbers.push_back(data.numbers(name)[row]);
      vectors.push_back(layers("bottom", numbers, true));
    }
    for (const std::string& name : ids_) {
      const auto begin = parameters_.at(name + "_embedding.weight").begin() +
                         data.ids(name)[row] * static_cast<std::int64_t>(kDimension);
      vectors.emplace_back(begin, begin + kDimension);
    }
    Doubles top = numbers_.empty() ? Doubles() : vectors[0];
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        top.push_back(
            std::inner_product(vectors[i].begin(), vectors[i].end(), vectors[j].begin(), 0.0));
      }
    }
    return layers("top", top, false)[0];
  }

  /// The mean binary cross-entropy of all rows.
  double loss(const Encoded& data) const {
    double sum = 0;
    for (std::size_t row = 0; row < data.labels().size(); ++row) {
      const double logit = this->logit(data, row);
      sum += std::log1p(std::exp(logit)) - logit * static_cast<double>(data.labels()[row]);
    }
    return sum / static_cast<double>(data.rows());
  }

 private:
  static constexpr int kDimension = 4;

  Doubles layers(const std::string& name, Doubles x, bool relu_last) const {
    for (int k = 0;; ++k) {
      const auto layer = [&](int number) { return name + "." + std::to_string(number); };
      const Doubles& weight = parameters_.at(layer(k) + ".weight");
      Doubles y = parameters_.at(layer(k) + ".bias");
      REQUIRE(weight.size() == x.size() * y.size());
      const bool last = !parameters_.contains(layer(k + 1) + ".weight");
      for (std::size_t unit = 0; unit < y.size(); ++unit) {
        for (std::size_t i = 0; i < x.size(); ++i) y[unit] += x[i] * weight[i * y.size() + unit];
        if (!last || relu_last) y[unit] = std::max(y[unit], 0.0);
      }
      if (last) return y;
      x = y;
    }
  }

  std::vector<std::string> ids_;
  std::vector<std::string> numbers_;
  std::map<std::string, Doubles> parameters_;
};

/// Loss, predictions and gradients of a model's step, and what its inputs are given.
struct Derived {
  explicit Derived(const Clicks& c)
      : traced(trace(graph, c.model, c.task, input_columns(c.data), false)) {
    for (const auto& [path, parameter] : c.model.parameters()) {
      parameters.push_back(graph.parameter(path, parameter->value));
    }
    const Gradients gradients = differentiate(traced.total_loss, parameters);
    targets = {traced.total_loss, traced.predictions};
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      targets.push_back(dense(gradients[k], parameters[k]));
    }
    for (const auto& [name, kind, ids] : c.data.columns()) give(name, Tensor({c.data.rows()}, ids));
    for (const auto& [name, numbers] : c.data.number_columns()) {
      give(name, Tensor({c.data.rows()}, numbers));
    }
    data.push_back({traced.labels, Tensor({c.data.rows(), 1}, c.data.labels())});
  }

  Graph graph;
  Trace traced;
  Values parameters;
  Values targets;  // loss, predictions, then each parameter's gradient
  std::vector<Given> data;

 private:
  void give(const std::string& column, const Tensor& tensor) {
    const auto at = std::ranges::find(traced.columns, column, &Trace::Column::name);
    data.push_back({at->value, tensor});
  }
};

std::vector<float> predictions(const Clicks& c, const Task& task) {
  Evaluator evaluator(c.model, task, input_columns(c.data), false);
  return evaluator.run(c.data, Batches(c.all, 64)).predictions;
}

}  // namespace

TEST_CASE("dlrm: the output is that of the formula in loops") {
  struct Case {
    std::vector<std::string> ids, numbers;
    std::vector<int> bottom, top;
  };
  const std::vector<Case> cases{
      {{"user", "item", "place"}, {"age", "price"}, {5}, {7, 6}},
      {{"place", "user"}, {"price"}, {6, 5}, {3}},
      {{"item"}, {"price", "age"}, {}, {}},
      {{"user", "item", "place"}, {}, {5}, {7}},
      {{"item", "user"}, {}, {}, {}},
  };
  const Task outputs({});  // whose predictions are the outputs themselves
  for (const Case& of : cases) {
    CAPTURE(fmt::format("{} and {}", fmt::join(of.ids, ", "), fmt::join(of.numbers, ", ")));
    std::vector<std::string> features = of.numbers;
    features.insert(features.end(), of.ids.begin(), of.ids.end());
    Clicks c(100, small(features, of.bottom, of.top));
    c.spread_parameters();
    const Loops loops(c.model, of.ids, of.numbers);
    const std::vector<float> actual = predictions(c, outputs);
    for (std::size_t row = 0; row < actual.size(); ++row) {
      CAPTURE(row);
      REQUIRE(std::abs(static_cast<double>(actual[row]) - loops.logit(c.data, row)) <= 2e-6);
    }
  }
}

TEST_CASE("dlrm: all columns are read by default, ids before numbers, with a row for unknown ids") {
  const Clicks c(100);
  std::vector<std::string> shapes;
  for (const auto& [path, parameter] : c.model.parameters()) {
    shapes.push_back(path + " " + parameter->value.extents().text());
  }
  CHECK(shapes == std::vector<std::string>{
                      "user_embedding.weight [12, 16]", "item_embedding.weight [14, 16]",
                      "place_embedding.weight [4, 16]", "bottom.0.weight [2, 512]",
                      "bottom.0.bias [512]", "bottom.1.weight [512, 256]", "bottom.1.bias [256]",
                      "bottom.2.weight [256, 16]", "bottom.2.bias [16]", "top.0.weight [22, 512]",
                      "top.0.bias [512]", "top.1.weight [512, 256]", "top.1.bias [256]",
                      "top.2.weight [256, 1]", "top.2.bias [1]"});
  const DlrmModel own({}, {{"a", 100}, {"b", 3}}, {});
  CHECK(own.parameters()[0].path == "a_embedding.weight");
  CHECK(own.parameters()[0].parameter->value.extents() == Extents{100, 16});
  CHECK(own.parameters()[2].parameter->value.extents() == Extents{1, 512});
}

TEST_CASE("dlrm: tables start uniform in ±sqrt(1 / rows), as in the paper's program") {
  const DlrmModel model({}, {{"few", 4}, {"many", 10000}}, {});
  initialize(model, 1);
  const std::array<double, 2> limits{0.5, 0.01};
  for (std::size_t k = 0; k < limits.size(); ++k) {
    double largest = 0;
    for (const float value : model.parameters()[k].parameter->value.floats()) {
      largest = std::max(largest, std::abs(static_cast<double>(value)));
    }
    CHECK(largest <= limits[k]);
    CHECK(largest > 0.9 * limits[k]);
  }
}

TEST_CASE("dlrm: a step's gradients are what the loss of the loops changes by") {
  for (const std::vector<std::string>& numbers : {std::vector<std::string>{"age", "price"}, {}}) {
    CAPTURE(numbers.size());
    std::vector<std::string> features{"user", "item", "place"};
    const std::vector<std::string> ids = features;
    features.insert(features.end(), numbers.begin(), numbers.end());
    Clicks c(40, small(features));
    c.spread_parameters();
    Loops loops(c.model, ids, numbers);
    const Derived derived(c);
    const auto actual = run_tiled(derived.graph, derived.targets, derived.data, 40);
    CHECK(actual[0].floats()[0] == doctest::Approx(loops.loss(c.data)).epsilon(1e-6));
    std::size_t at = 2;
    for (const Module::Named& named : c.model.parameters()) {
      CAPTURE(named.path);
      // In double precision neither the third derivative nor rounding is seen at this step.
      constexpr double kStep = 1e-5;
      const Tensor expected(named.parameter->value.extents());
      Doubles& values = loops.parameter(named.path);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = values[i];
        values[i] = value + kStep;
        const double after = loops.loss(c.data);
        values[i] = value - kStep;
        expected.floats()[i] = static_cast<float>((after - loops.loss(c.data)) / (2 * kStep));
        values[i] = value;
      }
      CHECK(difference(actual[at++], expected, {.relative = 1e-5}) == "");
    }
  }
}

TEST_CASE("tiled = plain: dlrm's loss, predictions and gradients") {
  constexpr std::int32_t kRows = 3000;
  Clicks c(kRows);
  c.spread_parameters();
  const Derived derived(c);
  Executor executor(derived.graph, derived.targets);
  const auto tiled = run(executor, derived.targets, derived.data, kRows);
  CHECK(executor.plan(kRows).tiles > 8);
  const auto plain = run_plain(derived.graph, derived.targets, derived.data, kRows);
  for (std::size_t k = 0; k < plain.size(); ++k) {
    CAPTURE(k);
    CHECK(difference(tiled[k], plain[k], {.relative = 1e-5}) == "");
  }
}

TEST_CASE("same bits: dlrm's weights and predictions on any number of workers") {
  std::vector<float> first;
  for (const int threads : {1, 2, 3, 5}) {
    CAPTURE(threads);
    const Threads set(threads);
    Clicks c(5000, small(kAll, {64}, {64}));
    const Adagrad optimizer({.learning_rate = 0.1});
    Batches batches(c.all, 2048, Shuffle::once, 7);
    Trainer trainer(c.model, c.task, optimizer, c.data, 2048);
    trainer.run(batches, 2, {});
    std::vector<float> all = predictions(c, c.task);
    for (const auto& [path, parameter] : c.model.parameters()) {
      const auto values = parameter->value.floats();
      all.insert(all.end(), values.begin(), values.end());
    }
    if (first.empty()) first = all;
    CHECK((all == first));
    CHECK(trainer.step().executor().plan(2048).tiles > 5);
  }
}

TEST_CASE("steady state: a replayed step of dlrm allocates nothing and makes no primitive") {
  const Threads set(2);
  start_workers();
  Clicks c(1024, small(kAll));
  const Adagrad optimizer({.learning_rate = 0.1});
  const std::vector<InputColumn> columns = input_columns(c.data);
  TrainingStep step(c.model, c.task, optimizer, columns, false, 1024);
  Batch batch(c.data, columns, 1024);
  std::array<std::int64_t, 3> before{};
  for (std::int64_t k = 1; k <= 5; ++k) {
    batch.fill(c.all);
    step.compute(batch, 1);
    step.update(k);
    const std::array cost{allocation_count(), kernels::primitive_count(), news_by_gradus()};
    if (k > 2) CHECK(cost == before);
    before = cost;
  }
}

TEST_CASE("dlrm: learns what a pair of ids and a number say together") {
  std::vector<double> losses;
  for (const std::vector<std::string>& features :
       {kAll, {"user", "item", "place"}, {"user", "age", "price"}}) {
    Clicks c(4000, small(features, {16}, {16}));
    const Adagrad optimizer({.learning_rate = 0.1});
    const auto end = c.all.begin() + 3000;
    Batches batches(std::vector(c.all.begin(), end), 100, Shuffle::every_epoch, 1);
    const std::vector<std::int32_t> rest(end, c.all.end());
    Trainer trainer(c.model, c.task, optimizer, c.data, 100);
    trainer.run(batches, 20, {});
    Evaluator evaluator(c.model, c.task, input_columns(c.data), false);
    losses.push_back(evaluator.run(c.data, Batches(rest, 500)).losses.loss);
  }
  CHECK(losses[0] < 0.1);
  // Who does not know the numbers, or the item, is left with chance: 0.56 and 0.35.
  CHECK(losses[1] > 0.5);
  CHECK(losses[2] > 0.3);
}

TEST_CASE("dlrm refuses features that are not there, and too few vectors") {
  const Table table = clicks(20);
  const Vocabularies columns(table);
  const auto refused = [&](const std::vector<std::string>& features, const std::string& text) {
    const std::string expected = "config: /model/features: " + text;
    CHECK_THROWS_WITH_AS(DlrmModel(small(features), columns), expected.c_str(), Error);
  };
  refused(
      {"user", "itm"},
      R"(no id or number column "itm", nearest is "item"; the columns: user, item, place, age, )"
      "price");
  refused({"user", "clicked"},
          R"(no id or number column "clicked"; the columns: user, item, place, age, price)");
  refused({"user", "age", "user"}, "'user' is named 2 times");
  const std::string too_few =
      "products of pairs need two vectors at least, one of each id column and one of all numbers; ";
  refused({"age", "price"}, too_few + "0 id and 2 number columns give 1");
  refused({"item"}, too_few + "1 id and 0 number columns give 1");
  CHECK_THROWS_WITH_AS(
      DlrmModel({}, Vocabularies()),
      ("config: /model/features: " + too_few + "0 id and 0 number columns give 0").c_str(), Error);
  CHECK_THROWS_WITH_AS(DlrmModel({}, {{"a", 5}}, {}),
                       ("dlrm: " + too_few + "1 id and 0 number columns give 1").c_str(), Error);
  CHECK_THROWS_WITH(DlrmModel({}, {{"a", 5}, {"a", 6}}, {}), doctest::Contains("a_embedding"));
}

}  // namespace gradus::tests
