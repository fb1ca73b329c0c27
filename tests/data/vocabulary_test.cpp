#include "framework/data/vocabulary.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "framework/data/movielens.h"
#include "tests/support.h"

namespace gradus {
namespace {

Column ids(const std::string& name, ColumnKind kind, const std::vector<std::string>& strings) {
  Column column{.name = name, .kind = kind};
  for (const auto& string : strings) column.codes.push_back(column.strings.add(string));
  return column;
}

Table ratings() {
  return {"f.csv",
          {ids("item", ColumnKind::item, {"Ä", "b", "A", "b"}),
           {.name = "rating", .kind = ColumnKind::label, .numbers = {1, 2, 3, 4}},
           ids("user", ColumnKind::user, {"9", "10", "9", "100"})}};
}

}  // namespace

TEST_CASE("a vocabulary is in byte order, from 1") {
  const Vocabulary vocabulary({"b", "Ä", "", "B", "a", "10", "9"});
  const std::vector<std::string> expected = {"", "10", "9", "B", "a", "b", "Ä"};
  REQUIRE(vocabulary.size() == 7);
  for (std::int32_t id = 1; id <= 7; ++id) {
    CHECK(vocabulary.string(id) == expected[static_cast<std::size_t>(id) - 1]);
    CHECK(vocabulary.id(vocabulary.string(id)) == id);
  }
  CHECK(vocabulary.id("c") == 0);
  CHECK_THROWS_WITH(vocabulary.string(0), "vocabulary: no string has id 0 (from 1 to 7)");
  CHECK_THROWS_WITH(vocabulary.string(8), "vocabulary: no string has id 8 (from 1 to 7)");
  CHECK_THROWS_WITH(Vocabulary({"a", "b", "a"}), "vocabulary: \"a\" is there twice");
  CHECK(Vocabulary().size() == 0);
  CHECK(Vocabulary().id("a") == 0);
}

TEST_CASE("vocabularies of all rows") {
  const Vocabularies vocabularies(ratings());
  CHECK(vocabularies.size() == 2);
  CHECK(vocabularies.begin()->name == "item");
  REQUIRE(vocabularies.item() != nullptr);
  CHECK(vocabularies.item()->vocabulary.size() == 3);
  REQUIRE(vocabularies.user() != nullptr);
  CHECK(vocabularies.user()->name == "user");
  CHECK(vocabularies["user"].id("10") == 1);
  CHECK(vocabularies["user"].id("100") == 2);
  CHECK(vocabularies["item"].id("Ä") == 3);
}

TEST_CASE("vocabularies of the training rows know no other strings") {
  const std::vector<std::int32_t> rows = {3, 1};
  const Vocabularies vocabularies(ratings(), rows);
  CHECK(vocabularies["item"].size() == 1);
  CHECK(vocabularies["item"].id("b") == 1);
  CHECK(vocabularies["item"].id("A") == Vocabulary::kOutOfVocabulary);
  CHECK(vocabularies["user"].size() == 2);
  CHECK(vocabularies["user"].id("9") == Vocabulary::kOutOfVocabulary);
}

TEST_CASE("vocabularies refuse what does not go together") {
  Vocabularies vocabularies(ratings());
  CHECK_THROWS_WITH(vocabularies["usr"],
                    "no id column \"usr\", nearest is \"user\"; the id columns: item, user");
  CHECK_THROWS_WITH(vocabularies.add("user", ColumnKind::id, {}),
                    "vocabularies: two columns \"user\"");
  CHECK_THROWS_WITH(vocabularies.add("other", ColumnKind::user, {}),
                    "vocabularies: two user columns, \"user\" and \"other\"");
  CHECK_THROWS_WITH(vocabularies.add("rating", ColumnKind::label, {}),
                    "vocabularies: column \"rating\" is of kind label, which has no ids");
  vocabularies.add("zip", ColumnKind::id, Vocabulary({"1"}));
  CHECK(vocabularies["zip"].size() == 1);
  const Vocabularies none;
  CHECK(none.user() == nullptr);
  CHECK(none.item() == nullptr);
}

TEST_CASE("vocabularies know the number columns by name") {
  const Table table("f.csv", {{.name = "price", .kind = ColumnKind::number, .numbers = {1, 2}},
                              ids("user", ColumnKind::user, {"a", "b"}),
                              {.name = "rating", .kind = ColumnKind::label, .numbers = {1, 2}},
                              {.name = "age", .kind = ColumnKind::number, .numbers = {3, 4}}});
  const std::vector<std::string> names = {"price", "age"};
  Vocabularies vocabularies(table);
  CHECK(vocabularies.size() == 1);
  CHECK(vocabularies.numbers() == names);
  CHECK(Vocabularies(table, std::vector<std::int32_t>{0}).numbers() == names);
  CHECK_THROWS_WITH(vocabularies["age"],
                    "column \"age\" is of kind number, which has no ids; the id columns: user");
  CHECK_THROWS_WITH(vocabularies.add_number("user"), "vocabularies: two columns \"user\"");
  CHECK_THROWS_WITH(vocabularies.add_number("age"), "vocabularies: two columns \"age\"");
  CHECK_THROWS_WITH(vocabularies.add("age", ColumnKind::id, {}),
                    "vocabularies: two columns \"age\"");
  CHECK_THROWS_WITH(vocabularies.add("height", ColumnKind::number, {}),
                    "vocabularies: column \"height\" is of kind number, which has no ids");
}

TEST_CASE("MovieLens' vocabularies are in Keras' order") {
  const auto folder = tests::movielens();
  if (!folder) return;
  const Vocabularies vocabularies(MovieLens100K({folder->string()}).read());
  // numpy.unique of the same strings puts these here, from 0.
  CHECK(vocabularies["user_id"].size() == 943);
  CHECK(vocabularies["user_id"].id("42") == 1 + 356);
  CHECK(vocabularies["user_id"].id("943") == 1 + 937);
  CHECK(vocabularies["movie_title"].size() == 1664);
}

}  // namespace gradus
