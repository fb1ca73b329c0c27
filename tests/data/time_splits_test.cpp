#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/data/k_folds_split.h"
#include "framework/data/leave_last_out_split.h"
#include "framework/data/time_split.h"

namespace gradus {
namespace {

using Rows = std::vector<std::int32_t>;

/// A table of a user and a time for each row.
Table table_of(const std::vector<std::string>& users, const std::vector<double>& times) {
  Column user{.name = "user", .kind = ColumnKind::user};
  for (const std::string& name : users) user.codes.push_back(user.strings.add(name));
  return {"f.csv", {user, {.name = "when", .kind = ColumnKind::timestamp, .times = times}}};
}

Table table_at(const std::vector<double>& times) {
  return table_of(std::vector<std::string>(times.size(), "u"), times);
}

/// Some rows of few users, most with several rows and some with one, at few times.
Table random_table(std::uint64_t number) {
  const Random random(number, "tables");
  const std::int64_t rows = 3 + random.integer(0, 60);
  const std::int64_t users = 1 + random.integer(1, 20);
  const std::int64_t moments = 1 + random.integer(2, number % 2 == 0 ? 6 : 1000);
  std::vector<std::string> who;
  std::vector<double> when;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto at = static_cast<std::uint64_t>(3 + 2 * row);
    who.push_back(std::to_string(random.integer(at, users)));
    when.push_back(static_cast<double>(random.integer(at + 1, moments)) - 3.5);
  }
  return table_of(who, when);
}

double time_of(const Table& table, std::int32_t row) {
  return table.timestamp()->times[static_cast<std::size_t>(row)];
}

std::int32_t user_of(const Table& table, std::int32_t row) {
  return table.user()->codes[static_cast<std::size_t>(row)];
}

double earliest(const Table& table, const Rows& rows) {
  double out = std::numeric_limits<double>::infinity();
  for (const std::int32_t row : rows) out = std::min(out, time_of(table, row));
  return out;
}

double latest(const Table& table, const Rows& rows) {
  double out = -std::numeric_limits<double>::infinity();
  for (const std::int32_t row : rows) out = std::max(out, time_of(table, row));
  return out;
}

/// How often each row is in a part of the split; that must be once at most.
std::vector<int> uses(const Table& table, const Split& split) {
  std::vector<int> out(static_cast<std::size_t>(table.rows()));
  for (const Rows* part : {&split.train, &split.validation, &split.test}) {
    for (const std::int32_t row : *part) ++out.at(static_cast<std::size_t>(row));
  }
  return out;
}

void check_parts(const Table& table, const Split& split) {
  CHECK_FALSE(split.train.empty());
  CHECK_FALSE(split.test.empty());
  CHECK(uses(table, split) == std::vector<int>(static_cast<std::size_t>(table.rows()), 1));
}

constexpr std::uint64_t kTables = 500;

}  // namespace

TEST_CASE(
    "a split by time divides no moment: whatever is asked, earlier rows alone are trained on") {
  int divided = 0;
  for (std::uint64_t number = 0; number < kTables; ++number) {
    CAPTURE(number);
    const Table table = random_table(number);
    const Random random(number, "sizes");
    const TimeSplit::Options options{
        .validation =
            random.integer(0, 3) == 0 ? 0 : static_cast<double>(random.integer(1, 9)) / 20,
        .test = random.integer(2, 2) == 0 ? static_cast<double>(1 + random.integer(3, 5)) : 0.3};
    Split split;
    try {
      split = TimeSplit(options).split(table);
    } catch (const Error& error) {
      CHECK(error.exit_code() == 2);
      continue;
    }
    ++divided;
    check_parts(table, split);
    CHECK(latest(table, split.train) < earliest(table, split.test));
    CHECK(latest(table, split.train) < earliest(table, split.validation));
    CHECK(latest(table, split.validation) < earliest(table, split.test));
    const double asked =
        options.test < 1 ? options.test * static_cast<double>(table.rows()) : options.test;
    CHECK(static_cast<double>(split.test.size()) >= asked - 1);  // fractions end at a whole row
    for (const Rows* part : {&split.train, &split.validation, &split.test}) {
      CHECK(std::ranges::is_sorted(*part, [&](std::int32_t a, std::int32_t b) {
        return std::pair(time_of(table, a), a) < std::pair(time_of(table, b), b);
      }));
    }
  }
  CHECK(divided > 300);
}

TEST_CASE("leaving the last out trains on no row of a user that is later than the tested one") {
  int singles = 0;
  int divided = 0;
  for (std::uint64_t number = 0; number < kTables; ++number) {
    CAPTURE(number);
    const Table table = random_table(number);
    for (const bool validation : {false, true}) {
      Split split;
      try {
        split = LeaveLastOutSplit({.validation = validation}).split(table);
      } catch (const Error& error) {
        CHECK(error.exit_code() == 2);
        continue;
      }
      ++divided;
      check_parts(table, split);
      CHECK(validation != split.validation.empty());
      const auto users = static_cast<std::size_t>(table.user()->strings.size());
      std::vector<Rows> train(users);
      std::vector<Rows> chosen(users);
      std::vector<Rows> test(users);
      const auto sort = [&](const Rows& rows, std::vector<Rows>& by_user) {
        for (const std::int32_t row : rows) {
          by_user[static_cast<std::size_t>(user_of(table, row))].push_back(row);
        }
      };
      sort(split.train, train);
      sort(split.validation, chosen);
      sort(split.test, test);
      for (std::size_t user = 0; user < users; ++user) {
        const std::size_t rows = train[user].size() + chosen[user].size() + test[user].size();
        singles += rows == 1 ? 1 : 0;
        CHECK(test[user].size() == (rows > 1 ? 1 : 0));
        CHECK(chosen[user].size() == (validation && rows > 2 ? 1 : 0));
        CHECK_FALSE(train[user].empty());
        CHECK(latest(table, train[user]) <= earliest(table, test[user]));
        CHECK(latest(table, train[user]) <= earliest(table, chosen[user]));
        CHECK(latest(table, chosen[user]) <= earliest(table, test[user]));
      }
    }
  }
  CHECK(divided > 800);
  CHECK(singles > 300);
}

TEST_CASE(
    "of k folds each tests its rows and trains on none of them, and all rows are tested once") {
  for (std::uint64_t number = 0; number < kTables; ++number) {
    CAPTURE(number);
    const Table table = random_table(number);
    const Random random(number, "folds");
    const auto folds =
        static_cast<int>(2 + random.integer(0, std::min<std::int64_t>(table.rows() - 1, 7)));
    const bool validation = table.rows() > 6 && random.integer(1, 2) == 0;
    std::vector<int> tested(static_cast<std::size_t>(table.rows()));
    for (int fold = 1; fold <= folds; ++fold) {
      const Split split =
          KFoldsSplit({.folds = folds, .fold = fold, .validation = validation ? 2.0 : 0.0})
              .split(table);
      check_parts(table, split);
      CHECK(split.validation.size() == (validation ? 2 : 0));
      CHECK(static_cast<std::int64_t>(split.test.size()) >= table.rows() / folds);
      CHECK(static_cast<std::int64_t>(split.test.size()) <= table.rows() / folds + 1);
      for (const std::int32_t row : split.test) ++tested[static_cast<std::size_t>(row)];
    }
    CHECK(tested == std::vector<int>(tested.size(), 1));
  }
}

TEST_CASE("a split by time puts the rows of one moment into the later part") {
  const Table table = table_at({5, 1, 3, 3, 2, 4, 3});
  const Split one = TimeSplit({.test = 1}).split(table);
  CHECK(one.train == Rows{1, 4, 2, 3, 6, 5});
  CHECK(one.test == Rows{0});
  const Split three = TimeSplit({.test = 3}).split(table);
  CHECK(three.train == Rows{1, 4});
  CHECK(three.test == Rows{2, 3, 6, 5, 0});
  const Split both = TimeSplit({.validation = 1, .test = 2}).split(table);
  CHECK(both.train == Rows{1, 4});
  CHECK(both.validation == Rows{2, 3, 6});
  CHECK(both.test == Rows{5, 0});
  CHECK(TimeSplit({}).split(table).test == Rows{0});
}

TEST_CASE("leaving the last out takes the later row in the table of those of one moment") {
  const Table table = table_of({"a", "b", "a", "a", "c", "b", "a"}, {7, 1, 7, 3, 9, 1, 7});
  const Split split = LeaveLastOutSplit({}).split(table);
  CHECK(split.test == Rows{5, 6});
  CHECK(split.train == Rows{0, 1, 2, 3, 4});
  const Split with_validation = LeaveLastOutSplit({.validation = true}).split(table);
  CHECK(with_validation.test == Rows{5, 6});
  CHECK(with_validation.validation == Rows{2});
  CHECK(with_validation.train == Rows{0, 1, 3, 4});
}

TEST_CASE("k folds are cut from the permutation that a random split has") {
  const Table table = table_at(std::vector<double>(10));
  Rows all;
  for (int fold = 1; fold <= 3; ++fold) {
    const Split split = KFoldsSplit({.folds = 3, .fold = fold, .seed = 7}).split(table);
    all.insert(all.end(), split.test.begin(), split.test.end());
    CHECK(KFoldsSplit({.folds = 3, .fold = fold, .seed = 8}).split(table).test != split.test);
  }
  CHECK(all == Random(7, "split").permutation(10));
}

TEST_CASE("splits that a table does not allow are errors of config") {
  const Table table = table_at({1, 1, 1, 2});
  CHECK_THROWS_WITH(TimeSplit({.test = 2}).split(table),
                    "config: /data/split: test 2 of the 4 rows of f.csv leave no row for training "
                    "(rows of one time go to one part)");
  CHECK_THROWS_WITH(TimeSplit({.validation = 3, .test = 2}).split(table),
                    "config: /data/split: validation 3 and test 2 are more than the 4 rows of "
                    "f.csv");
  CHECK_THROWS_WITH(TimeSplit({.validation = 0.01, .test = 1}).split(table),
                    "config: /data/split: validation 0.01 and test 1 of the 4 rows of f.csv leave "
                    "no row for validation");
  CHECK_THROWS_WITH(TimeSplit({.test = 1.5}).split(table),
                    "config: /data/split/test: 1.5: a whole count or a fraction below 1 is "
                    "required");
  CHECK_THROWS_WITH(KFoldsSplit({.folds = 5}).split(table),
                    "config: /data/split/folds: 5 folds are more than the 4 rows of f.csv");
  CHECK_THROWS_WITH(KFoldsSplit({.folds = 3, .fold = 4}).split(table),
                    "config: /data/split/fold: must be from 1 to 3 (folds), got 4");
  CHECK_THROWS_WITH(KFoldsSplit({.folds = 2, .validation = 2}).split(table),
                    "config: /data/split: folds 2 and validation 2 of the 4 rows of f.csv leave no "
                    "row for training");
  const Table bare("f.csv", {{.name = "n", .kind = ColumnKind::number, .numbers = {1, 2}}});
  CHECK_THROWS_WITH(TimeSplit({}).split(bare),
                    "config: /data/split/kind: time needs a timestamp column, which f.csv does not "
                    "have");
  CHECK_THROWS_WITH(LeaveLastOutSplit({}).split(bare),
                    "config: /data/split/kind: leave_last_out needs a user column, which f.csv "
                    "does not have");
  Column user{.name = "user", .kind = ColumnKind::user, .codes = {0, 0}};
  user.strings.add("u");
  CHECK_THROWS_WITH(LeaveLastOutSplit({}).split(Table("f.csv", {user})),
                    "config: /data/split/kind: leave_last_out needs a timestamp column, which "
                    "f.csv does not have");
  CHECK_THROWS_WITH(LeaveLastOutSplit({}).split(table_of({"a", "b"}, {1, 2})),
                    "config: /data/split: leave_last_out: no user of f.csv has two rows");
  CHECK_THROWS_WITH(LeaveLastOutSplit({.validation = true}).split(table_of({"a", "a"}, {1, 2})),
                    "config: /data/split/validation: no user of f.csv has three rows");
}

}  // namespace gradus
