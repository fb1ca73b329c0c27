#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/data/random_split.h"
#include "framework/data/rows_split.h"
#include "framework/data/splits.h"
#include "tests/support.h"

namespace gradus {
namespace {

using Rows = std::vector<std::int32_t>;

Table table_of(std::size_t rows) {
  return {"f.csv",
          {{.name = "rating", .kind = ColumnKind::label, .numbers = std::vector<float>(rows)}}};
}

Split random(std::size_t rows, double train, double test, std::int64_t seed = 42) {
  return RandomSplit({.train = train, .test = test, .seed = seed}).split(table_of(rows));
}

std::string sizes(const Split& split) {
  return std::to_string(split.train.size()) + " and " + std::to_string(split.test.size());
}

}  // namespace

TEST_CASE("a random split takes counts or fractions") {
  CHECK(sizes(random(10, 8, 2)) == "8 and 2");
  CHECK(sizes(random(10, 5, 2)) == "5 and 2");
  CHECK(sizes(random(10, 0.8, 0.2)) == "8 and 2");
  CHECK(sizes(random(5, 0.5, 0.5)) == "3 and 2");
  CHECK(sizes(random(7, 0.9, 0.1)) == "6 and 1");
  CHECK(sizes(random(100, 0.7, 0.1)) == "70 and 10");
  CHECK(sizes(random(10, 8, 0.1)) == "8 and 1");
  CHECK(sizes(random(2, 1, 1)) == "1 and 1");
}

TEST_CASE("a random split is a permutation drawn by the seed alone") {
  const Split split = random(1000, 800, 200);
  Rows all = split.train;
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::ranges::sort(all);
  Rows expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(all == expected);
  CHECK_FALSE(std::ranges::is_sorted(split.train));
  CHECK(random(1000, 800, 200).train == split.train);
  CHECK_FALSE(random(1000, 800, 200, 43).train == split.train);
  // Fewer rows for training are the first of the same permutation.
  const Split smaller = random(1000, 300, 200);
  CHECK(std::equal(smaller.train.begin(), smaller.train.end(), split.train.begin()));
  CHECK(std::equal(smaller.test.begin(), smaller.test.end(), split.train.begin() + 300));
}

TEST_CASE("a random split takes the validation's rows from before the test's") {
  const auto with_validation = [](std::size_t rows, double train, double validation, double test) {
    return RandomSplit({.train = train, .validation = validation, .test = test})
        .split(table_of(rows));
  };
  const Split all = random(1000, 800, 200);
  const Split split = with_validation(1000, 700, 100, 200);
  CHECK(split.test == all.test);
  CHECK(split.train == Rows(all.train.begin(), all.train.begin() + 700));
  CHECK(split.validation == Rows(all.train.begin() + 700, all.train.end()));
  CHECK(random(1000, 800, 200).validation.empty());
  const Split fractions = with_validation(7, 0.5, 0.25, 0.25);
  CHECK(fractions.train.size() + fractions.validation.size() + fractions.test.size() == 7);
  CHECK_THROWS_WITH(with_validation(10, 8, 1, 2),
                    "config: /data/split: train 8, validation 1 and test 2 are more than the 10 "
                    "rows of f.csv");
  CHECK_THROWS_WITH(with_validation(10, 8, 0.01, 2),
                    "config: /data/split: train 8, validation 0.01 and test 2 of the 10 rows of "
                    "f.csv leave no row for validation");
  CHECK_THROWS_WITH(with_validation(10, 5, 1.5, 2),
                    "config: /data/split/validation: 1.5: a whole count or a fraction below 1 is "
                    "required");
}

TEST_CASE("a random split that the table does not allow is an error of config") {
  CHECK_THROWS_WITH(random(10, 8, 3),
                    "config: /data/split: train 8 and test 3 are more than the 10 rows of f.csv");
  CHECK_THROWS_WITH(random(10, 80000, 20000),
                    "config: /data/split: train 80000 and test 20000 are more than the 10 rows of "
                    "f.csv");
  CHECK_THROWS_WITH(random(10, 1e300, 1),
                    "config: /data/split: train 1e+300 and test 1 are more than the 10 rows of "
                    "f.csv");
  CHECK_THROWS_WITH(random(10, 0.8, 0.3),
                    "config: /data/split: train 0.8 and test 0.3 are more than the 10 rows of "
                    "f.csv");
  CHECK_THROWS_WITH(random(10, 9, 0.01),
                    "config: /data/split: train 9 and test 0.01 of the 10 rows of f.csv leave no "
                    "row for the test");
  CHECK_THROWS_WITH(random(10, 0.01, 9),
                    "config: /data/split: train 0.01 and test 9 of the 10 rows of f.csv leave no "
                    "row for training");
  CHECK_THROWS_WITH(random(10, 7.5, 2),
                    "config: /data/split/train: 7.5: a whole count or a fraction below 1 is "
                    "required");
  try {
    random(10, 8, 3);
  } catch (const Error& error) {
    CHECK(error.exit_code() == 2);
  }
}

namespace {

/// Splits a table of ten rows by two files; in the text of an error, the folder is "…".
Split rows(const std::string& train, const std::string& test, const std::string& validation = "") {
  const tests::TemporaryFolder folder;
  const std::string chosen = (folder / "validation.txt").string();
  if (!validation.empty()) tests::write_file(chosen, validation);
  tests::write_file(folder / "train.txt", train);
  tests::write_file(folder / "test.txt", test);
  try {
    return RowsSplit({.train = (folder / "train.txt").string(),
                      .validation = validation.empty() ? "" : chosen,
                      .test = (folder / "test.txt").string()})
        .split(table_of(10));
  } catch (const Error& error) {
    std::string text = error.what();
    const std::string name = folder.path().string();
    for (std::size_t at = 0; (at = text.find(name)) != std::string::npos;) {
      text.replace(at, name.size(), "…");
    }
    throw Error(text, error.exit_code());
  }
}

}  // namespace

TEST_CASE("a split by rows keeps the files' order") {
  const Split split = rows("3\n0\r\n 9 \n\n",
                           "\xEF\xBB\xBF"
                           "8\n1");
  CHECK(split.train == Rows{3, 0, 9});
  CHECK(split.validation.empty());
  CHECK(split.test == Rows{8, 1});
  CHECK(rows("3\n", "8\n", "5\n4\n").validation == Rows{5, 4});
}

TEST_CASE("rows that are wrong are named by file and line") {
  CHECK_THROWS_WITH(rows("0\n10\n", "1\n"),
                    "…/train.txt:2: row 10 is out of range: f.csv has rows 0 to 9");
  CHECK_THROWS_WITH(rows("0\n", "-1\n"),
                    "…/test.txt:1: row -1 is out of range: f.csv has rows 0 to 9");
  CHECK_THROWS_WITH(rows("0\n1.5\n", "1\n"), "…/train.txt:2: \"1.5\" is not a row number");
  CHECK_THROWS_WITH(rows("0\n", "99999999999999999999\n"),
                    "…/test.txt:1: \"99999999999999999999\" is not a row number");
  CHECK_THROWS_WITH(rows("4\n5\n4\n", "1\n"),
                    "…/train.txt:3: row 4 is listed again, first on line 1");
  CHECK_THROWS_WITH(rows("4\n5\n", "1\n5\n"),
                    "…/test.txt:2: row 5 is for training too (…/train.txt:2)");
  CHECK_THROWS_WITH(rows("4\n", "1\n", "4\n"),
                    "…/validation.txt:1: row 4 is for training too (…/train.txt:1)");
  CHECK_THROWS_WITH(rows("4\n", "5\n1\n", "1\n"),
                    "…/test.txt:2: row 1 is for validation too (…/validation.txt:1)");
  CHECK_THROWS_WITH(rows("4\n", "1\n", " \n"), "…/validation.txt: has no row numbers");
  CHECK_THROWS_WITH(rows("", "1\n"), "…/train.txt: has no row numbers");
  CHECK_THROWS_WITH(rows("1\n", "\n"), "…/test.txt: has no row numbers");
  CHECK_THROWS_WITH(RowsSplit({.train = "/nowhere/a", .test = "/nowhere/b"}).split(table_of(1)),
                    "/nowhere/a: there is no such file");
}

TEST_CASE("splits are found by kind") {
  std::vector<std::string> names;
  for (const auto& kind : splitters()) names.push_back(kind.name);
  CHECK(names == std::vector<std::string>{"random", "rows", "k_folds", "time", "leave_last_out"});
  const Split split = splitters()[0].create().make()->split(table_of(10));
  CHECK(sizes(split) == "8 and 2");
}

}  // namespace gradus
