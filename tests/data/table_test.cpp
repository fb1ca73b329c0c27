#include "framework/data/table.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace gradus {
namespace {

Column ids(const std::string& name, ColumnKind kind, const std::vector<std::string>& strings) {
  Column column{.name = name, .kind = kind};
  for (const auto& string : strings) column.codes.push_back(column.strings.add(string));
  return column;
}

Column numbers(const std::string& name, ColumnKind kind, const std::vector<float>& values) {
  return {.name = name, .kind = kind, .numbers = values};
}

Table ratings() {
  return {"f.csv",
          {ids("user_id", ColumnKind::user, {"7", "7"}), ids("title", ColumnKind::item, {"A", "B"}),
           ids("genre", ColumnKind::id, {"x", "y"}), numbers("rating", ColumnKind::label, {1, 5})}};
}

}  // namespace

TEST_CASE("a table gives columns by name and by kind") {
  const Table table = ratings();
  CHECK(table.rows() == 2);
  CHECK(table.columns().size() == 4);
  CHECK(table.column("genre").strings[1] == "y");
  REQUIRE(table.user() != nullptr);
  CHECK(table.user()->name == "user_id");
  REQUIRE(table.item() != nullptr);
  CHECK(table.item()->name == "title");
  CHECK(table.weight() == nullptr);
  CHECK(table.timestamp() == nullptr);
  CHECK(table.label().name == "rating");
  CHECK(table.label("rating").numbers == std::vector<float>{1, 5});
}

TEST_CASE("a table says which columns it has") {
  const Table table = ratings();
  CHECK_THROWS_WITH(table.column("user_idd"),
                    "f.csv: no column \"user_idd\", nearest is \"user_id\"; the columns: user_id, "
                    "title, genre, rating");
  CHECK_THROWS_WITH(table.label("title"),
                    "f.csv: column \"title\" is of kind item, a label is required");
  const Table none("f.csv", {ids("user_id", ColumnKind::user, {"7"})});
  CHECK_THROWS_WITH(none.label(), "f.csv: no label column; the columns: user_id");
  const Table two("f.csv", {numbers("rating", ColumnKind::label, {1}),
                            numbers("click", ColumnKind::label, {0})});
  CHECK_THROWS_WITH(two.label(), "f.csv: 2 label columns (rating, click), say which as task.label");
  CHECK(two.label("click").numbers == std::vector<float>{0});
}

TEST_CASE("a table refuses columns that do not go together") {
  const auto make = [](std::vector<Column> columns) { Table("f.csv", std::move(columns)); };
  CHECK_THROWS_WITH(make({}), "f.csv: no columns");
  CHECK_THROWS_WITH(make({ids("a", ColumnKind::id, {})}), "f.csv: no rows");
  CHECK_THROWS_WITH(
      make({ids("a", ColumnKind::id, {"x"}), numbers("b", ColumnKind::label, {1, 2})}),
      "f.csv: column \"b\" has 2 rows, \"a\" has 1");
  CHECK_THROWS_WITH(make({ids("a", ColumnKind::id, {"x"}), numbers("a", ColumnKind::label, {1})}),
                    "f.csv: two columns \"a\"");
  CHECK_THROWS_WITH(make({ids("a", ColumnKind::user, {"x"}), ids("b", ColumnKind::user, {"x"})}),
                    "f.csv: two user columns, \"a\" and \"b\"");
}

TEST_CASE("a table may have several columns of numbers that a model reads") {
  const Table table("f.csv", {numbers("age", ColumnKind::number, {7, 8.5}),
                              numbers("height", ColumnKind::number, {120, 130})});
  CHECK(table.rows() == 2);
  CHECK(table.column("height").numbers == std::vector<float>{120, 130});
  CHECK_THROWS_WITH(table.label("age"),
                    "f.csv: column \"age\" is of kind number, a label is required");
  for (const ColumnKind kind : {ColumnKind::user, ColumnKind::item, ColumnKind::weight}) {
    CHECK_FALSE(may_be_several(kind));
  }
}

TEST_CASE("rows know their lines") {
  LineNumbers lines;
  for (std::int64_t line : {2, 3, 4, 9, 10, 12}) lines.add(line);
  CHECK(lines.rows() == 6);
  CHECK(lines[0] == 2);
  CHECK(lines[2] == 4);
  CHECK(lines[3] == 9);
  CHECK(lines[4] == 10);
  CHECK(lines[5] == 12);
  LineNumbers two;
  two.add(2);
  two.add(5);
  const Table table("f.csv", {ids("a", ColumnKind::id, {"x", "y"})}, two);
  CHECK(table.where(1) == "f.csv:5");
  CHECK(ratings().where(1) == "f.csv, row 1");
}

TEST_CASE("kinds have names") {
  for (const std::string& kind : column_kind_names()) CHECK(name(column_kind(kind)) == kind);
  CHECK(name(ColumnKind::timestamp) == "timestamp");
  CHECK_THROWS_WITH(column_kind("users"),
                    "\"users\" is no kind of column; the kinds: user, item, id, number, label, "
                    "weight, timestamp");
}

}  // namespace gradus
