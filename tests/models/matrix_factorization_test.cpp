#include "models/matrix_factorization/matrix_factorization.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "framework/data/batches.h"
#include "framework/data/generated.h"
#include "framework/graph/executor.h"
#include "framework/optim/adam.h"
#include "framework/train/trainer.h"
#include "tests/ops/evaluate.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

const Parameter& parameter(const Model& model, std::string_view path) {
  for (const auto& [name, value] : model.parameters()) {
    if (name == path) return *value;
  }
  FAIL("no parameter " << path);
  return *model.parameters().front().parameter;
}

Vocabularies people_and_films() {
  Vocabularies ids;
  ids.add("person", ColumnKind::user, Vocabulary({"a", "b", "c"}));
  ids.add("film", ColumnKind::item, Vocabulary({"x", "y"}));
  return ids;
}

TEST_CASE("matrix factorisation: the output is that of the formula") {
  MatrixFactorizationModel::Options options;
  options.embedding_dimension = 5;
  const MatrixFactorizationModel model(options, people_and_films());
  initialize(model, 3);
  for (const auto& [path, value] : model.parameters()) {
    if (!path.ends_with("bias") && !path.ends_with("bias.weight")) continue;
    float next = 0.25F;  // biases begin as zeros
    for (float& x : value->value.floats()) x = next *= -1.5F;
  }
  const Task task({});
  const std::vector<InputColumn> columns = {{"person"}, {"film"}};
  Graph graph;
  const Trace traced = trace(graph, model, task, columns, false);
  const std::vector<std::int32_t> people = {0, 1, 2, 3, 3, 1};
  const std::vector<std::int32_t> films = {0, 1, 2, 0, 1, 2};
  Executor executor(graph, {traced.predictions});
  const Tensor person({6}, std::span<const std::int32_t>(people));
  const Tensor film({6}, std::span<const std::int32_t>(films));
  executor.set(traced.columns[0].value, person.view());
  executor.set(traced.columns[1].value, film.view());
  executor.run(6);
  const auto p = parameter(model, "user_embedding.weight").value.floats();
  const auto q = parameter(model, "item_embedding.weight").value.floats();
  for (std::size_t row = 0; row < people.size(); ++row) {
    const auto u = static_cast<std::size_t>(people[row]);
    const auto i = static_cast<std::size_t>(films[row]);
    double expected = parameter(model, "bias").value.floats()[0] +
                      parameter(model, "user_bias.weight").value.floats()[u] +
                      parameter(model, "item_bias.weight").value.floats()[i];
    for (std::size_t k = 0; k < 5; ++k) expected += double{p[u * 5 + k]} * double{q[i * 5 + k]};
    CHECK(executor.output(traced.predictions).floats()[row] ==
          doctest::Approx(expected).epsilon(1e-6));
  }
}

TEST_CASE("matrix factorisation begins with what it is told to predict") {
  MatrixFactorizationModel::Options options;
  options.initial_bias = 3.5;
  const MatrixFactorizationModel model(options, people_and_films());
  initialize(model, 3);
  CHECK(parameter(model, "bias").value.floats()[0] == 3.5F);
  CHECK(parameter(model, "user_bias.weight").value.floats()[1] == 0.0F);
}

TEST_CASE("matrix factorisation regularises vectors and biases apart") {
  MatrixFactorizationModel::Options options;
  options.embedding_l2 = 0.5;
  options.bias_l2 = 0.25;
  const MatrixFactorizationModel model(options, people_and_films());
  CHECK(parameter(model, "user_embedding.weight").l2 == 0.5);
  CHECK(parameter(model, "item_embedding.weight").l2 == 0.5);
  CHECK(parameter(model, "user_bias.weight").l2 == 0.25);
  CHECK(parameter(model, "item_bias.weight").l2 == 0.25);
  CHECK(parameter(model, "bias").l2 == 0.0);
}

TEST_CASE("matrix factorisation refuses data without users or without items") {
  Vocabularies ids;
  CHECK_THROWS_WITH(MatrixFactorizationModel({}, ids),
                    "config: /model/kind: matrix_factorization needs a user and an item column, "
                    "and there is no user column");
  ids.add("person", ColumnKind::user, Vocabulary({"a"}));
  CHECK_THROWS_WITH(MatrixFactorizationModel({}, ids),
                    "config: /model/kind: matrix_factorization needs a user and an item column, "
                    "and there is no item column");
}

/// The bytes of all parameters after two epochs, by so many workers.
std::vector<float> trained(const Table& table, int threads) {
  const Threads set(threads);
  const Vocabularies ids(table);
  const Encoded data(table, ids, table.label().name);
  MatrixFactorizationModel::Options options;
  options.embedding_l2 = 1e-4;
  const MatrixFactorizationModel model(options, ids);
  initialize(model, 1);
  const Task task({});
  const Adam adam({});
  Trainer trainer(model, task, adam, data, 1000);
  std::vector<std::int32_t> rows(5000);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int32_t>(i * 3);
  Batches batches(rows, 1000, Shuffle::every_epoch, 1);
  trainer.run(batches, 2, {});
  std::vector<float> out;
  for (const auto& [path, value] : model.parameters()) {
    out.insert(out.end(), value->value.floats().begin(), value->value.floats().end());
  }
  return out;
}

TEST_CASE("same bits: matrix factorisation's weights on any number of workers") {
  const Table table = GeneratedSource({}).read();
  const std::vector<float> one = trained(table, 1);
  for (const int threads : {2, 3, 5, 8}) {
    CAPTURE(threads);
    CHECK((trained(table, threads) == one));
  }
}

}  // namespace
}  // namespace gradus::tests
