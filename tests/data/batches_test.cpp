#include "framework/data/batches.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace gradus {
namespace {

using Rows = std::vector<std::int32_t>;

const Rows kRows = {40, 10, 30, 20, 70, 60, 50};

Rows epoch(Batches& batches, std::int64_t number) {
  batches.start_epoch(number);
  Rows rows;
  for (std::int64_t k = 0; k < batches.size(); ++k) {
    const auto batch = batches[k];
    rows.insert(rows.end(), batch.begin(), batch.end());
  }
  return rows;
}

Rows sorted(Rows rows) {
  std::ranges::sort(rows);
  return rows;
}

}  // namespace

TEST_CASE("batches cut the rows, the last one smaller") {
  const Batches batches(kRows, 3);
  REQUIRE(batches.size() == 3);
  CHECK(Rows(batches[0].begin(), batches[0].end()) == Rows{40, 10, 30});
  CHECK(Rows(batches[1].begin(), batches[1].end()) == Rows{20, 70, 60});
  CHECK(Rows(batches[2].begin(), batches[2].end()) == Rows{50});
  CHECK(Batches(kRows, 7).size() == 1);
  CHECK(Batches(kRows, 1000)[0].size() == 7);
  CHECK_THROWS_WITH(batches[3], "batches: no batch 3, there are 3 (from 0)");
  CHECK_THROWS_WITH(Batches({}, 3), "batches: there are no rows");
  CHECK_THROWS_WITH(Batches(kRows, 0), "batches: a batch of 0 rows, 1 or more are required");
}

TEST_CASE("no shuffle keeps the split's own order") {
  Batches batches(kRows, 2, Shuffle::none, 1);
  CHECK(epoch(batches, 1) == kRows);
  CHECK(epoch(batches, 2) == kRows);
}

TEST_CASE("a shuffle once gives all epochs one permutation") {
  Batches batches(kRows, 2, Shuffle::once, 1);
  const Rows first = epoch(batches, 1);
  CHECK_FALSE(first == kRows);
  CHECK(sorted(first) == sorted(kRows));
  CHECK(epoch(batches, 2) == first);
  Batches other(kRows, 2, Shuffle::once, 2);
  CHECK_FALSE(epoch(other, 1) == first);
}

TEST_CASE("a shuffle every epoch is a function of seed and epoch") {
  Batches batches(kRows, 2, Shuffle::every_epoch, 1);
  const Rows first = epoch(batches, 1);
  const Rows second = epoch(batches, 2);
  const Rows third = epoch(batches, 3);
  CHECK(sorted(first) == sorted(kRows));
  CHECK(sorted(second) == sorted(kRows));
  CHECK_FALSE(first == second);
  CHECK_FALSE(second == third);
  CHECK(epoch(batches, 1) == first);
  Batches resumed(kRows, 3, Shuffle::every_epoch, 1);
  CHECK(epoch(resumed, 3) == third);
  Batches other(kRows, 2, Shuffle::every_epoch, 2);
  CHECK_FALSE(epoch(other, 1) == first);
}

TEST_CASE("with ids, each batch has the same rows as without, by id") {
  Encoded::Ids users{.name = "user", .kind = ColumnKind::user, .ids = Rows(100)};
  for (const std::int32_t row : kRows) users.ids[static_cast<std::size_t>(row)] = row / 10 % 3;
  const auto user = [&](std::int32_t row) { return users.ids[static_cast<std::size_t>(row)]; };
  Batches whole(kRows, 7, Shuffle::none, 1, &users);
  CHECK(epoch(whole, 1) == Rows{30, 60, 40, 10, 70, 20, 50});
  Batches cut(kRows, 4, Shuffle::none, 1, &users);
  CHECK(epoch(cut, 1) == Rows{30, 40, 10, 20, 60, 70, 50});

  for (const Shuffle shuffle : {Shuffle::none, Shuffle::once, Shuffle::every_epoch}) {
    for (const std::int64_t size : {1, 2, 3, 7, 1000}) {
      Batches batches(kRows, size, shuffle, 1);
      Batches by_user(kRows, size, shuffle, 1, &users);
      for (const std::int64_t number : {1, 2, 3}) {
        batches.start_epoch(number);
        by_user.start_epoch(number);
        REQUIRE(by_user.size() == batches.size());
        for (std::int64_t k = 0; k < batches.size(); ++k) {
          const Rows rows(by_user[k].begin(), by_user[k].end());
          CHECK(std::ranges::is_sorted(rows, {}, user));
          CHECK(sorted(rows) == sorted(Rows(batches[k].begin(), batches[k].end())));
        }
        Batches resumed(kRows, size, shuffle, 1, &users);
        CHECK(epoch(resumed, number) == epoch(by_user, number));
      }
    }
  }
}

TEST_CASE("shuffles have names") {
  CHECK(shuffle("none") == Shuffle::none);
  CHECK(shuffle("once") == Shuffle::once);
  CHECK(shuffle("every_epoch") == Shuffle::every_epoch);
  CHECK_THROWS_WITH(shuffle("always"),
                    "\"always\" is no way to shuffle; the ways: none, once, every_epoch");
}

}  // namespace gradus
