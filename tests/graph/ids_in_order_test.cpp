#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "framework/graph/builtin.h"
#include "framework/graph/describe.h"
#include "framework/graph/differentiate.h"
#include "framework/graph/plan.h"
#include "framework/ops/embedding.h"
#include "framework/ops/multiply.h"
#include "framework/ops/slice.h"
#include "framework/ops/sum.h"
#include "framework/ops/tanh.h"
#include "tests/ops/evaluate.h"
#include "tests/ops/op_case.h"

// Where ids are expected to ascend, tiles add rows up for a table while they have them: whatever
// ids then come, the sums are those of the whole batch.
namespace gradus::tests {
namespace {

constexpr std::int32_t kTable = 40;
constexpr std::int64_t kWidth = 20;

/// Rows computed in tiles, cut out of wider ones, added up by their ids.
struct Sums {
  explicit Sums(bool in_order) {
    if (in_order) graph.expect_order(users);
    table = scatter_rows({users, rows}, {kTable, kWidth});
    // Values that live in the meantime, and after it.
    more = scatter_rows({items, tanh(rows)}, {kTable, kWidth});
    both = table * more;
  }

  std::vector<Tensor> run(const Tensor& user_ids, std::int64_t batch) const {
    const std::vector<Given> data{
        {users, user_ids},
        {items, random_tensor(ids({kBatch}, kTable), batch, 1, "items")},
        {columns, random_tensor(numbers({kBatch, kWidth + 4}, -1, 1), batch, 1, "columns")},
    };
    return run_tiled(graph, {table, more, both}, data, batch);
  }

  Graph graph;
  Value users = graph.input("users", {kBatch}, DataType::int32);
  Value items = graph.input("items", {kBatch}, DataType::int32);
  Value columns = graph.input("columns", {kBatch, kWidth + 4});
  Value rows = slice(tanh(columns), 1, 3, kWidth + 3);
  Value table;
  Value more;
  Value both;
};

std::string kinds(const Sums& sums) {
  std::string out;
  const Plan plan = make_plan(sums.graph, {sums.table.index()}, {}, {}, 5000);
  for (const PlanLine& line : describe(sums.graph, plan)) {
    out += (out.empty() ? "" : ", ") + line.op + " " + line.runs;
  }
  return out;
}

}  // namespace

TEST_CASE("ids in order: tiles add up what they have, where ids are expected to ascend") {
  CHECK(kinds(Sums(false)) == "tanh tile, scatter_rows whole");
  CHECK(kinds(Sums(true)) == "ascend whole, tanh tile, scatter_rows tile, scatter_rows whole");
}

TEST_CASE("ids in order: the same bits, whatever the ids and the number of threads") {
  const Sums plain(false);
  const Sums expected(true);
  for (const std::int64_t batch : {1, 2, 63, 700, 5000, 20000}) {
    CAPTURE(batch);
    std::vector<Tensor> cases{random_tensor(ids({kBatch}, kTable), batch, 1, "users"),
                              random_tensor(ids({kBatch}, 2), batch, 2, "users"),
                              random_tensor(ids({kBatch}, 1), batch, 3, "users")};
    for (std::size_t k = 0; k < 3; ++k) {
      const Tensor sorted({batch}, cases[k].ids());
      std::ranges::sort(sorted.ids());
      cases.push_back(sorted);
    }
    // All but the last ascend; the last id is one before.
    const Tensor almost({batch}, cases[3].ids());
    almost.ids().back() = 0;
    cases.push_back(almost);
    for (const Tensor& users : cases) {
      const std::vector<Tensor> want = plain.run(users, batch);
      for (const int threads : {1, 2, 5}) {
        const Threads scope(threads);
        const std::vector<Tensor> got = expected.run(users, batch);
        for (std::size_t k = 0; k < want.size(); ++k) CHECK(same_bytes(got[k], want[k]));
      }
    }
  }
}

TEST_CASE("ids in order: only an input of ids can be expected to be") {
  Graph graph;
  const Value numbers = graph.input("numbers", {kBatch});
  const Value bags = graph.input("bags", {kBatch, 3}, DataType::int32);
  CHECK_THROWS_WITH(graph.expect_order(numbers),
                    "expect_order: an input of ids [batch] is needed, not [batch] of float32");
  CHECK_THROWS_WITH(graph.expect_order(bags),
                    "expect_order: an input of ids [batch] is needed, not [batch, 3] of int32");
}

TEST_CASE("ids in order: an empty batch sums to zeros") {
  const std::vector<Tensor> got = Sums(true).run(Tensor({0}, DataType::int32), 0);
  CHECK(same_bytes(got[0], Tensor({kTable, kWidth})));
}

TEST_CASE("ids in order: an id beyond the table is refused, either side") {
  const Sums sums(true);
  for (const std::int32_t id : {-1, kTable}) {
    const Tensor users = random_tensor(ids({kBatch}, kTable), 5000, 1, "users");
    std::ranges::sort(users.ids());
    (id < 0 ? users.ids().front() : users.ids().back()) = id;
    const std::string must = fmt::format("embedding: id {} is not a row of a table of 40", id);
    CHECK_THROWS_WITH(sums.run(users, 5000), must.c_str());
  }
}

TEST_CASE("ids in order: the gradient of a gradient is that of any ids") {
  const auto second = [](bool in_order) {
    Graph graph;
    const Value users = graph.input("users", {kBatch}, DataType::int32);
    if (in_order) graph.expect_order(users);
    const Value table = graph.input("table", {kTable, kWidth});
    const Value y = sum(tanh(embedding(table * table, users)));
    const Value first = dense(differentiate(y, {&table, 1})[0], table);
    const Value of_first = sum(first * first);
    const Value out = dense(differentiate(of_first, {&table, 1})[0], table);
    const Tensor sorted = random_tensor(ids({kBatch}, kTable), 3000, 1, "users");
    std::ranges::sort(sorted.ids());
    const std::vector<Given> data{
        {users, sorted}, {table, random_tensor(numbers({kTable, kWidth}, -1, 1), 0, 1, "table")}};
    return run_tiled(graph, {out}, data, 3000)[0];
  };
  CHECK(same_bytes(second(true), second(false)));
}

}  // namespace gradus::tests
