#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "framework/graph/builtin.h"
#include "framework/graph/describe.h"
#include "framework/graph/differentiate.h"
#include "framework/graph/plan.h"
#include "framework/ops/concat.h"
#include "framework/ops/embedding.h"
#include "framework/ops/relu.h"
#include "framework/ops/slice.h"
#include "framework/ops/stack.h"
#include "framework/ops/sum.h"
#include "framework/ops/tanh.h"
#include "tests/ops/evaluate.h"
#include "tests/ops/op_case.h"

// Rows that are joined are written where they belong, and what is cut out again stays there.
namespace gradus::tests {
namespace {

constexpr std::int64_t kRows = 700;

Tensor table_of(std::int64_t rows) {
  return random_tensor(numbers({rows, 8}, -1, 1), 0, 2, "table");
}

/// Two lookups and other columns, all [batch, 8].
struct Columns {
  Graph graph;
  Value users = graph.input("users", {kBatch}, DataType::int32);
  Value items = graph.input("items", {kBatch}, DataType::int32);
  Value columns = graph.input("columns", {kBatch, 8});
  Value user_table = graph.parameter("user_table", table_of(50));
  Value item_table = graph.parameter("item_table", table_of(90));
  Value user = embedding(user_table, users);
  Value item = embedding(item_table, items);

  Plan plan(const Values& outputs) const {
    std::vector<int> indices;
    for (const Value& output : outputs) indices.push_back(output.index());
    return make_plan(graph, indices, {}, {}, kRows);
  }

  std::string steps(const Values& outputs) const {
    std::string out;
    for (const PlanLine& line : describe(graph, plan(outputs))) {
      out += (out.empty() ? "" : ", ") + line.op;
    }
    return out;
  }

  /// The tiled executor gives what the plain one, which knows of no such places, gives.
  void check(const Values& outputs) const {
    const std::vector<Given> data{
        {users, random_tensor(ids({kBatch}, 50), kRows, 1, "users")},
        {items, random_tensor(ids({kBatch}, 90), kRows, 1, "items")},
        {columns, random_tensor(numbers({kBatch, 8}, -1, 1), kRows, 1, "columns")},
    };
    const auto tiled = run_tiled(graph, outputs, data, kRows);
    const auto plain = run_plain(graph, outputs, data, kRows);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      CHECK(difference(tiled[k], plain[k], {.relative = 1e-5}) == "");
    }
  }
};

std::size_t at(Value value) { return static_cast<std::size_t>(value.index()); }

}  // namespace

TEST_CASE("joined rows: lookups are written into what joins them, other values are copied") {
  Columns c;
  const Value both = concat({c.user, c.item}, 1);
  const Value all = tanh(concat({c.user, relu(c.columns), c.item}, 1));
  const Value stacked = tanh(stack({embedding(c.user_table, c.users), c.user}, 1));
  SUBCASE("a concatenation of lookups alone is no step") {
    const Value y = tanh(both);
    CHECK(c.steps({y}) == "embedding, embedding, tanh");
    const Plan plan = c.plan({y});
    CHECK(plan.memory.places[at(c.item)] == Place::tile);
    CHECK(plan.memory.offsets[at(c.user)] == plan.memory.offsets[at(both)]);
    CHECK(plan.memory.offsets[at(c.item)] == plan.memory.offsets[at(both)] + 8 * sizeof(float));
    CHECK(plan.memory.row_steps[at(c.item)] == 16);
    CHECK(plan.memory.row_steps[at(both)] == 0);
    c.check({y});
  }
  SUBCASE("as an output") {
    CHECK(c.steps({both}) == "embedding, embedding");
    CHECK(c.plan({both}).memory.places[at(c.user)] == Place::whole);
    c.check({both});
  }
  SUBCASE("of other values, too") {
    CHECK(c.steps({all}) == "embedding, embedding, relu, concat, tanh");
    c.check({all});
  }
  SUBCASE("stacked") {
    CHECK(c.steps({stacked}) == "embedding, embedding, tanh");
    c.check({stacked});
  }
  SUBCASE("rows that are read elsewhere, or are an output, have their own place") {
    const Value y = tanh(both);
    CHECK(c.plan({y, c.user}).memory.row_steps[at(c.user)] == 0);
    CHECK(c.plan({y, c.user}).memory.row_steps[at(c.item)] == 16);
    c.check({y, c.user});
    CHECK(c.plan({y, relu(c.item)}).memory.row_steps[at(c.item)] == 0);
    c.check({y, relu(c.item), all, stacked});
    const Value twice = tanh(concat({c.user, c.user}, 1));
    CHECK(c.steps({twice}) == "embedding, concat, tanh");
    c.check({twice});
  }
  SUBCASE("along the batch they are copied") {
    const Value y = concat({c.user, c.item}, 0);
    CHECK(c.steps({y}) == "embedding, embedding, concat");
    c.check({y});
  }
}

TEST_CASE("joined rows: the gradients of tables read their rows among those of the others") {
  Columns c;
  const auto gradients = [&](Value y) {
    const Gradients of = differentiate(sum(tanh(y)), std::vector{c.user_table, c.item_table});
    return Values{dense(of[0], c.user_table), dense(of[1], c.item_table)};
  };
  const Values joined = gradients(concat({c.user, relu(c.columns), c.item}, 1));
  const Values stacked = gradients(stack({c.user, c.item, relu(c.columns)}, 1));
  for (const Values& tables : {joined, stacked}) {
    const Plan plan = c.plan(tables);
    for (const Value& table : tables) {
      const Value rows = table.input(1);
      CHECK(plan.holders[at(rows)] == rows.input(0).index());
      CHECK(plan.memory.row_steps[at(rows)] == 24);
      CHECK(plan.memory.places[at(rows)] == Place::whole);
    }
    c.check(tables);
    // As outputs, and where another op reads them, they are cut out.
    const Value rows = tables[1].input(1);
    CHECK(c.plan({tables[1], rows}).memory.row_steps[at(rows)] == 0);
    CHECK(c.plan({tables[1], tanh(rows)}).memory.row_steps[at(rows)] == 0);
    c.check({tables[0], tables[1], rows});
  }
}

TEST_CASE("joined rows: what is cut out of an input, or of other axes, is copied") {
  Columns c;
  const Value given = slice(c.columns, 1, 2, 5);
  const Value table = scatter_rows({c.users, given}, {50, 3});
  CHECK(c.plan({table}).memory.row_steps[at(given)] == 0);
  c.check({table});
}

}  // namespace gradus::tests
