#include "framework/data/generated.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "framework/data/sources.h"

namespace gradus {
namespace {

/// FNV-1a over all rows as lines of tab separated values.
std::uint64_t fingerprint(const Table& table) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (std::size_t row = 0; row < static_cast<std::size_t>(table.rows()); ++row) {
    const std::string line =
        fmt::format("{}\t{}\t{:.0f}\t{:.0f}\n", table.user()->strings[table.user()->codes[row]],
                    table.item()->strings[table.item()->codes[row]], table.label().numbers[row],
                    table.timestamp()->times[row]);
    for (char c : line) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash;
}

std::vector<int> counts(const Column& column) {
  std::vector<int> counts(static_cast<std::size_t>(column.strings.size()));
  for (std::int32_t code : column.codes) ++counts[static_cast<std::size_t>(code)];
  std::ranges::sort(counts, std::ranges::greater());
  return counts;
}

}  // namespace

TEST_CASE("generated ratings have MovieLens' shape") {
  for (std::int64_t seed : {42, 7}) {
    CAPTURE(seed);
    const Table table = GeneratedSource({seed}).read();
    REQUIRE(table.rows() == 100000);
    CHECK(table.origin() == "generated ratings (not MovieLens)");
    CHECK(table.user()->name == "user_id");
    CHECK(table.item()->name == "movie_title");
    CHECK(table.label().name == "user_rating");
    const auto of_users = counts(*table.user());
    const auto of_items = counts(*table.item());
    REQUIRE(of_users.size() == 943);
    REQUIRE(of_items.size() == 1664);
    CHECK(of_users.back() >= 20);
    CHECK(of_users.front() > 10 * of_users[471]);
    CHECK(of_items.front() > 10 * of_items[832]);
    double sum = 0;
    double squares = 0;
    for (float rating : table.label().numbers) {
      REQUIRE((rating >= 1 && rating <= 5 && rating == std::floor(rating)));
      sum += static_cast<double>(rating);
      squares += static_cast<double>(rating) * static_cast<double>(rating);
    }
    const double mean = sum / 1e5;
    CHECK(std::abs(mean - 3.53) < 0.05);
    CHECK(std::abs(std::sqrt(squares / 1e5 - mean * mean) - 1.13) < 0.05);
    constexpr std::size_t kItems = 1664;
    std::vector<bool> rated(943 * kItems, false);
    for (std::size_t row = 0; row < 100000; ++row) {
      const auto user = static_cast<std::size_t>(table.user()->codes[row]);
      const std::size_t pair = user * kItems + static_cast<std::size_t>(table.item()->codes[row]);
      REQUIRE_FALSE(rated[pair]);
      rated[pair] = true;
    }
  }
}

TEST_CASE("a seed gives the same generated ratings everywhere") {
  // By a program in Python that does the same from the description in generated.cpp.
  CHECK(fingerprint(GeneratedSource({42}).read()) == 0x5127ec6b34022a28ULL);
  CHECK(fingerprint(GeneratedSource({-1}).read()) == 0x59ace566816a4b11ULL);
}

TEST_CASE("sources are found by name") {
  REQUIRE(data_sources().size() == 3);
  CHECK(data_sources()[0].name == "movielens_100k");
  CHECK(data_sources()[1].name == "csv");
  CHECK(data_sources()[2].name == "generated");
  CHECK(data_sources()[2].create().make()->read().rows() == 100000);
}

}  // namespace gradus
