#include "framework/train/spread.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace gradus {
namespace {

using Ids = std::vector<std::int32_t>;
using Scores = std::vector<float>;

Vocabulary vocabulary(int size) {
  std::vector<std::string> strings;
  strings.reserve(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) strings.push_back(fmt::format("s{}", i));
  return Vocabulary(strings);
}

/// Order correlation where user u (from 1) has the scores of row u.
OrderCorrelation of_rows(const std::vector<Scores>& rows) {
  return order_correlation(vocabulary(static_cast<int>(rows.size())),
                           vocabulary(static_cast<int>(rows.front().size())),
                           [&rows](std::int32_t user, std::span<const std::int32_t>) {
                             return rows[static_cast<std::size_t>(user) - 1];
                           });
}

}  // namespace

TEST_CASE("standard deviation of all the numbers") {
  CHECK(standard_deviation(Scores{2, 4, 4, 4, 5, 5, 7, 9}) == 2);
  CHECK(standard_deviation(Scores{3.5}) == 0);
  CHECK(standard_deviation(Scores{}) == 0);
  CHECK(standard_deviation(Scores(1000, 1e6F)) == 0);
}

TEST_CASE("the same list for everybody correlates by 1") {
  CHECK(of_rows({{1, 2, 3}, {10, 20, 30}, {-1, 0, 5}}).correlation ==
        doctest::Approx(1).epsilon(1e-15));
  CHECK(of_rows({{1, 1, 1}, {2, 2, 2}}).correlation == 1);
  CHECK(of_rows({{1}, {2}}).correlation == 1);
}

TEST_CASE("order correlation by hand") {
  // Means 2, 3, 4: ranks 1, 2, 3. The users' ranks 1, 2, 3 and 2, 1, 3 correlate by 1 and 0.5.
  CHECK(of_rows({{1, 3, 4}, {3, 2.5F, 5}}).correlation == doctest::Approx(0.75).epsilon(1e-15));
  // A user whom nothing orders has 0: (1 + 0) / 2.
  CHECK(of_rows({{1, 2, 3}, {5, 5, 5}}).correlation == doctest::Approx(0.5).epsilon(1e-15));
}

TEST_CASE("order correlation with ties, by numpy") {
  const std::vector<Scores> rows = {
      {1, 2, 2, 3, 0, 5, 5, 5}, {4, 1, 1, 2, 2, 0, 3, 3}, {0.5F, 0.25F, 7, 7, 1, 1, 2, 6}};
  CHECK(of_rows(rows).correlation == doctest::Approx(0.5704598338330092).epsilon(1e-12));
}

TEST_CASE("users and items are spread evenly through the vocabularies") {
  Ids users;
  Ids items;
  const auto score = [&](std::int32_t user, std::span<const std::int32_t> ids) {
    users.push_back(user);
    items.assign(ids.begin(), ids.end());
    return Scores(ids.size(), 1);
  };
  const auto result = order_correlation(vocabulary(943), vocabulary(4001), score);
  CHECK(result.users == 50);
  CHECK(result.items == 2000);
  REQUIRE(users.size() == 50);
  CHECK(users[0] == 1);
  CHECK(users[1] == 19);    // floor(943 / 50) + 1
  CHECK(users[49] == 925);  // floor(49 * 943 / 50) + 1
  REQUIRE(items.size() == 2000);
  CHECK(items[1] == 3);
  CHECK(items[1999] == 3998 + 1);  // floor(1999 * 4001 / 2000) + 1
  users.clear();
  const auto few = order_correlation(vocabulary(3), vocabulary(2), score);
  CHECK(users == Ids{1, 2, 3});
  CHECK(items == Ids{1, 2});
  CHECK(few.users == 3);
  CHECK(few.items == 2);
}

TEST_CASE("scores that have no order are refused") {
  CHECK_THROWS_WITH(of_rows({{1, 2}, {1, std::numeric_limits<float>::quiet_NaN()}}),
                    "order correlation: the score of \"s1\" for \"s1\" is nan");
  CHECK_THROWS_WITH(
      order_correlation(vocabulary(2), vocabulary(2),
                        [](std::int32_t, std::span<const std::int32_t>) { return Scores{1}; }),
      "order correlation: 1 scores for 2 items");
  CHECK_THROWS_WITH(order_correlation(vocabulary(0), vocabulary(2), nullptr),
                    "order correlation: 0 users and 2 items");
}

}  // namespace gradus
