#include "framework/data/dictionary.h"

#include <doctest/doctest.h>

#include <string>

namespace gradus {

TEST_CASE("a dictionary numbers strings in order of first appearance") {
  Dictionary dictionary;
  CHECK(dictionary.size() == 0);
  CHECK_FALSE(dictionary.find("b").has_value());
  CHECK(dictionary.add("b") == 0);
  CHECK(dictionary.add("") == 1);
  CHECK(dictionary.add("a") == 2);
  CHECK(dictionary.add("b") == 0);
  CHECK(dictionary.size() == 3);
  CHECK(dictionary[0] == "b");
  CHECK(dictionary[1] == "");
  CHECK(dictionary[2] == "a");
  CHECK(dictionary.find("") == 1);
  CHECK_FALSE(dictionary.find("c").has_value());
}

TEST_CASE("a dictionary of many strings finds each and no other") {
  constexpr int kCount = 100000;
  Dictionary dictionary;
  for (int i = 0; i < kCount; ++i) REQUIRE(dictionary.add("string " + std::to_string(i)) == i);
  const Dictionary copy = dictionary;
  for (int i = 0; i < kCount; ++i) {
    const std::string string = "string " + std::to_string(i);
    REQUIRE(copy.find(string) == i);
    REQUIRE(copy[i] == string);
    REQUIRE_FALSE(copy.find("other " + std::to_string(i)).has_value());
  }
}

}  // namespace gradus
