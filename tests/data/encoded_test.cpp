#include "framework/data/encoded.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "framework/core/error.h"

namespace gradus {
namespace {

Column ids(const std::string& name, ColumnKind kind, const std::vector<std::string>& strings) {
  Column column{.name = name, .kind = kind};
  for (const auto& string : strings) column.codes.push_back(column.strings.add(string));
  return column;
}

Table ratings(bool with_weights) {
  std::vector<Column> columns = {
      ids("item", ColumnKind::item, {"b", "c", "a", "b"}),
      {.name = "rating", .kind = ColumnKind::label, .numbers = {1, 2, 3, 4}},
      ids("user", ColumnKind::user, {"9", "10", "9", "8"})};
  if (with_weights) {
    columns.push_back({.name = "w", .kind = ColumnKind::weight, .numbers = {0.5, 1, 2, 0}});
  }
  return {"f.csv", std::move(columns)};
}

using Ids = std::vector<std::int32_t>;
using Numbers = std::vector<float>;

}  // namespace

TEST_CASE("a table is encoded by vocabularies") {
  const Table table = ratings(true);
  const Encoded data(table, Vocabularies(table), "rating");
  CHECK(data.rows() == 4);
  REQUIRE(data.columns().size() == 2);
  CHECK(data.columns()[0].name == "item");
  CHECK(data.item()->ids == Ids{2, 3, 1, 2});
  CHECK(data.user()->ids == Ids{3, 1, 3, 2});
  CHECK(data.ids("user").data() == data.user()->ids.data());
  CHECK(Numbers(data.labels().begin(), data.labels().end()) == Numbers{1, 2, 3, 4});
  CHECK(Numbers(data.weights().begin(), data.weights().end()) == Numbers{0.5, 1, 2, 0});
}

TEST_CASE("strings out of vocabulary are 0") {
  const Ids train = {0, 1};
  const Table table = ratings(false);
  const Encoded data(table, Vocabularies(table, train), "rating");
  CHECK(data.item()->ids == Ids{1, 2, 0, 1});
  CHECK(data.user()->ids == Ids{2, 1, 2, 0});
}

TEST_CASE("groups are told apart by their strings, known or not") {
  const Table table = ratings(false);
  const Column& user = *table.user();
  const std::vector<std::int32_t> none = {};
  const Encoded data(table, Vocabularies(table, none), "rating", user.name);
  REQUIRE(data.groups().size() == user.codes.size());
  for (std::size_t i = 0; i < user.codes.size(); ++i) {
    for (std::size_t j = 0; j < user.codes.size(); ++j) {
      CHECK((data.groups()[i] == data.groups()[j]) == (user.codes[i] == user.codes[j]));
    }
  }
  CHECK(Encoded(table, Vocabularies(table), "rating").groups().empty());
  std::vector<std::int32_t> out(1);
  CHECK_THROWS_WITH(Encoded(table, Vocabularies(table), "rating").copy_groups(none, out),
                    "batch: there are no groups");
  CHECK_THROWS_WITH_AS(Encoded(table, Vocabularies(table), "", "rating"),
                       doctest::Contains("column \"rating\" is of kind label, ids are required"),
                       Error);
}

TEST_CASE("rows are copied into buffers of the caller") {
  const Table table = ratings(true);
  const Encoded data(table, Vocabularies(table), "rating");
  const Ids rows = {3, 0, 0};
  Ids ids(3);
  Numbers numbers(3);
  data.copy_ids("user", rows, ids);
  CHECK(ids == Ids{2, 3, 3});
  data.copy_labels(rows, numbers);
  CHECK(numbers == Numbers{4, 1, 1});
  data.copy_weights(rows, numbers);
  CHECK(numbers == Numbers{0, 0.5, 0.5});
  const Table plain = ratings(false);
  Encoded(plain, Vocabularies(plain), "rating").copy_weights(rows, numbers);
  CHECK(numbers == Numbers{1, 1, 1});
  Ids small(2);
  CHECK_THROWS_WITH(data.copy_ids("user", rows, small), "batch: 3 rows do not fit a buffer of 2");
}

TEST_CASE("numbers that a model reads are kept as they are") {
  const Table table("f.csv", {{.name = "age", .kind = ColumnKind::number, .numbers = {30, 4, 8}},
                              ids("user", ColumnKind::user, {"a", "b", "a"}),
                              {.name = "price", .kind = ColumnKind::number, .numbers = {1, 2, 3}}});
  Vocabularies vocabularies(table);
  const Encoded data(table, vocabularies, "");
  REQUIRE(data.columns().size() == 1);
  REQUIRE(data.number_columns().size() == 2);
  CHECK(data.number_columns()[0].name == "age");
  CHECK(data.number_columns()[1].numbers == Numbers{1, 2, 3});
  CHECK(data.numbers("age").data() == data.number_columns()[0].numbers.data());
  Numbers numbers(2);
  data.copy_numbers("price", Ids{2, 0}, numbers);
  CHECK(numbers == Numbers{3, 1});
  CHECK_THROWS_WITH(data.copy_numbers("price", Ids{2}, numbers),
                    "batch: 1 rows do not fit a buffer of 2");
  CHECK_THROWS_WITH(data.numbers("user"),
                    "no number column \"user\"; the number columns: age, price");
  CHECK_THROWS_WITH(data.ids("age"), "no id column \"age\"; the id columns: user");
  vocabularies.add_number("height");
  CHECK_THROWS_WITH(Encoded(table, vocabularies, ""),
                    "f.csv: no column \"height\"; the columns: age, user, price");
  Vocabularies wrong;
  wrong.add_number("user");
  CHECK_THROWS_WITH(Encoded(table, wrong, ""),
                    "f.csv: column \"user\" is of kind user, number is required");
}

TEST_CASE("what the table lacks is named") {
  const Table table = ratings(false);
  const Vocabularies vocabularies(table);
  const Encoded unlabelled(table, vocabularies, "");
  CHECK(unlabelled.labels().empty());
  Numbers numbers(1);
  CHECK_THROWS_WITH(unlabelled.copy_labels(Ids{0}, numbers), "batch: there are no labels");
  CHECK_THROWS_WITH(unlabelled.ids("genre"), "no id column \"genre\"; the id columns: item, user");
  CHECK_THROWS_WITH(Encoded(table, vocabularies, "user"),
                    "f.csv: column \"user\" is of kind user, a label is required");
  Vocabularies more(table);
  more.add("zip", ColumnKind::id, Vocabulary({"1"}));
  CHECK_THROWS_WITH(Encoded(table, more, "rating"),
                    "f.csv: no column \"zip\"; the columns: item, rating, user");
  Vocabularies wrong;
  wrong.add("rating", ColumnKind::id, Vocabulary({"1"}));
  CHECK_THROWS_WITH(Encoded(table, wrong, "rating"),
                    "f.csv: column \"rating\" is of kind label, ids are required");
}

TEST_CASE("columns that were encoded elsewhere") {
  const Encoded data({{"hash", ColumnKind::id, {7, 0, 3}}}, {{"age", {20, 30, 40}}}, {1, 0, 1});
  CHECK(data.rows() == 3);
  CHECK(data.columns()[0].ids == Ids{7, 0, 3});
  CHECK(data.number_columns()[0].numbers == Numbers{20, 30, 40});
  CHECK(data.labels()[2] == 1);
  CHECK(data.weights().empty());
  CHECK_THROWS_WITH(Encoded({{"hash", ColumnKind::id, {7, 0}}}, {}, {1, 0, 1}),
                    "column \"hash\" has 2 rows, there are 3 labels");
  CHECK_THROWS_WITH(Encoded({}, {{"age", {20}}}, {1, 0, 1}),
                    "column \"age\" has 1 rows, there are 3 labels");
}

}  // namespace gradus
