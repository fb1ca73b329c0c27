#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "framework/core/options.h"
#include "framework/experiment/safetensors.h"
#include "framework/graph/executor.h"
#include "framework/optim/clipping.h"
#include "framework/optim/optimizers.h"
#include "tests/support.h"

namespace gradus {
namespace {

using nlohmann::json;

/// Sets an optimiser's options from a case's arguments; notes those that it does not have.
class ArgumentVisitor : public OptionVisitor {
 public:
  explicit ArgumentVisitor(const json& arguments) : left_(arguments) {}
  const json& unknown() const { return left_; }

 private:
  void field(std::string_view name, OptionTarget target, const Allowed&,
             std::string_view) override {
    const auto given = left_.find(std::string(name));
    if (given == left_.end()) return;
    if (auto* number = std::get_if<double*>(&target)) **number = given->get<double>();
    if (auto* flag = std::get_if<bool*>(&target)) **flag = given->get<bool>();
    left_.erase(given);
  }

  json left_;
};

void check_close(const Tensor& got, const Tensor& want) {
  REQUIRE(got.extents() == want.extents());
  for (std::size_t i = 0; i < got.floats().size(); ++i) {
    CAPTURE(i);
    const auto a = static_cast<double>(got.floats()[i]);
    const auto b = static_cast<double>(want.floats()[i]);
    CHECK(std::abs(a - b) <= 1e-6);
  }
}

/// Five steps on a dense parameter and on an embedding, the gradients given as inputs.
void check_case(const Optimizer& optimizer, const Clipping& clipping,
                const experiment::NamedTensors& tensors, int number, int steps) {
  const auto tensor = [&](const std::string& name, int step) {
    return tensors.at(fmt::format("{}.{}.{}", number, name, step));
  };
  const Tensor dense = tensor("dense", 0).clone();
  const Tensor table = tensor("embedding", 0).clone();
  Graph graph;
  const std::vector<Value> parameters{graph.parameter("dense", dense),
                                      graph.parameter("embedding", table)};
  const Value gradient = graph.input("gradient", Shape(dense.extents()));
  const Extents rows_extents = tensor("embedding_gradient_values", 1).extents();
  const Value ids = graph.input("ids", {rows_extents[0]}, DataType::int32);
  const Value rows = graph.input("rows", Shape(rows_extents));
  const Value learning_rate = graph.input("learning_rate", {});
  const Value step = graph.input("step", {});
  OptimizerStates states;
  const std::vector<Value> updates = update_nodes(
      optimizer, learning_rate, step, parameters,
      clip(clipping, parameters, {Gradient(gradient), Gradient(RowGradient{ids, rows})}), states);
  Executor executor(graph, {}, updates);
  const Tensor rate(Extents{});
  const Tensor count(Extents{});
  rate.fill(static_cast<float>(optimizer.learning_rate()));
  executor.set(learning_rate, rate.view());
  executor.set(step, count.view());
  for (int s = 1; s <= steps; ++s) {
    CAPTURE(s);
    count.fill(static_cast<float>(s));
    const Tensor dense_gradient = tensor("dense_gradient", s);
    const Tensor row_ids = tensor("embedding_gradient_rows", s);
    const Tensor row_values = tensor("embedding_gradient_values", s);
    executor.set(gradient, dense_gradient.view());
    executor.set(ids, row_ids.view());
    executor.set(rows, row_values.view());
    executor.run(1);
    executor.commit();
    check_close(dense, tensor("dense", s));
    check_close(table, tensor("embedding", s));
  }
}

/// All cases of a folder.
void check_cases(const std::filesystem::path& folder) {
  const json cases = json::parse(std::ifstream(folder / "optimizers.json"));
  const auto tensors = experiment::read_safetensors(folder / "optimizers.safetensors");
  int number = 0;
  for (const json& c : cases["cases"]) {
    const auto name = c["optimizer"].get<std::string>();
    const auto kind =
        std::ranges::find_if(optimizers(), [&](const OptimizerKind& k) { return k.name == name; });
    const int index = number++;
    CAPTURE(index);
    CAPTURE(name);
    REQUIRE(kind != optimizers().end());
    const auto component = kind->create();
    Clipping clipping;
    ArgumentVisitor visitor(c["arguments"]);
    component.fields(visitor);
    clipping.fields(visitor);
    CAPTURE(visitor.unknown().dump());
    REQUIRE(visitor.unknown().empty());
    check_case(*component.make(), clipping, tensors, index, c["steps"].get<int>());
  }
  CHECK(number > 0);
}

}  // namespace

TEST_CASE("reference: optimisers step as Keras 2 does") { check_cases(tests::golden() / "ops"); }

TEST_CASE("optimisers step as their sources do") {
  check_cases(tests::source_folder() / "tests" / "golden" / "optim");
}

TEST_CASE("a sparse optimiser leaves the rows alone that a batch did not look up") {
  for (const OptimizerKind& kind : optimizers()) {
    const auto optimizer = kind.create().make();
    if (optimizer->moves_every_row()) continue;
    CAPTURE(kind.name);
    Graph graph;
    const Tensor table(Extents{1000, 3});
    table.fill(1.0F);
    const Value parameter = graph.parameter("table", table);
    const Value ids = graph.input("ids", {kBatch}, DataType::int32);
    const Value rows = graph.input("rows", {kBatch, 3});
    const Value rate = graph.input("rate", {});
    OptimizerStates states;
    Executor executor(graph, {},
                      update_nodes(*optimizer, rate, rate, {parameter},
                                   {Gradient(RowGradient{ids, rows})}, states));
    const Tensor one(Extents{});
    one.fill(1.0F);
    const Tensor given_ids(Extents{3}, std::vector<std::int32_t>{7, 999, 7});
    const Tensor given_rows(Extents{3, 3}, std::vector<float>(9, 0.5F));
    executor.set(rate, one.view());
    executor.set(ids, given_ids.view());
    executor.set(rows, given_rows.view());
    executor.run(3);
    executor.commit();
    for (std::size_t i = 0; i < table.floats().size(); ++i) {
      const bool touched = i / 3 == 7 || i / 3 == 999;
      CAPTURE(i);
      CHECK((table.floats()[i] == 1.0F) == !touched);
    }
  }
}

TEST_CASE("an update refuses an id that is no row of the table, and changes nothing of it") {
  const auto optimizer = optimizers()[0].create().make();
  Graph graph;
  const Tensor table(Extents{4, 2});
  const Value parameter = graph.parameter("table", table);
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value rows = graph.input("rows", {kBatch, 2});
  const Value rate = graph.input("rate", {});
  OptimizerStates states;
  Executor executor(graph, {},
                    update_nodes(*optimizer, rate, rate, {parameter},
                                 {Gradient(RowGradient{ids, rows})}, states));
  const Tensor one(Extents{});
  const Tensor given_ids(Extents{2}, std::vector<std::int32_t>{1, 4});
  const Tensor given_rows(Extents{2, 2}, std::vector<float>(4, 1.0F));
  executor.set(rate, one.view());
  executor.set(ids, given_ids.view());
  executor.set(rows, given_rows.view());
  const auto update = [&] {
    executor.run(2);  // an optimiser that needs the rows refuses here, the others as they update
    executor.commit();
  };
  CHECK_THROWS_WITH(update(), "embedding: id 4 is not a row of a table of 4");
  CHECK(std::ranges::all_of(table.floats(), [](float x) { return x == 0.0F; }));
}

}  // namespace gradus
