#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// Trains on this text as ratings.csv, which must be refused.
void check_csv(const std::string& text, const std::vector<std::string>& texts) {
  const SmallExperiment experiment;
  write_file(experiment / "ratings.csv", text);
  CAPTURE(text);
  check_refused(experiment, experiment.try_train({}), 1, texts);
  check_refused(experiment, experiment.gradus({"validate", "experiment.json", "--data"}), 1, texts);
}

TEST_CASE("program: a bad CSV file is named with the line and the value") {
  const std::string header = "user_id,movie_title,user_rating\n";
  check_csv("", {"ratings.csv: is empty, a header line is required"});
  check_csv(header, {"ratings.csv: has a header line and no rows"});
  check_csv(header + "1,Film,3\n2,Film\n",
            {"ratings.csv:3: 2 columns, the header has 3: \"2,Film\""});
  check_csv(header + "1,Film,3,4\n", {"ratings.csv:2: 4 columns, the header has 3"});
  check_csv(header + "1,Film,good\n",
            {"ratings.csv:2: user_rating: \"good\" is not a finite number"});
  check_csv(header + "1,Film,\n", {"ratings.csv:2: user_rating: \"\" is not a finite number"});
  check_csv(header + "1,Film,inf\n",
            {"ratings.csv:2: user_rating: \"inf\" is not a finite number"});
  check_csv(header + "1,Film,nan\n",
            {"ratings.csv:2: user_rating: \"nan\" is not a finite number"});
  check_csv(header + "1,Film,1e999\n", {"ratings.csv:2: user_rating: \"1e999\""});
  check_csv(header + "1,Film,1e39\n", {"ratings.csv:2: user_rating: \"1e39\" is beyond float32"});
  check_csv(header + ",Film,3\n", {"ratings.csv:2: user_id: \"\" is not a user id"});
  check_csv(header + "1,\"Film,3\n", {"ratings.csv:2: the quote opened here is never closed"});
  check_csv(header + "1,Fi\xfflm,3\n", {"ratings.csv:2: movie_title: \"Fi\\xfflm\" is not UTF-8"});
  check_csv("user,movie_title,user_rating\n1,Film,3\n",
            {"ratings.csv:1: no column \"user_id\"", "the header names \"user\""});
}

TEST_CASE("program: a data file that is not there, or no file, is named") {
  const SmallExperiment experiment;
  check_refused(experiment, experiment.try_train({"data.path=nowhere.csv"}), 1,
                {(experiment / "nowhere.csv").string() + ": there is no such file"});
  check_refused(experiment, experiment.try_train({"data.path=."}), 1, {"is a folder"});
  check_refused(experiment, experiment.try_train({"data.path=/dev/null"}), 1,
                {"/dev/null: is empty"});
  check_refused(experiment, experiment.try_train({"data.path=/dev/zero"}), 1,
                {"/dev/zero:1: a line of more than"});
}

TEST_CASE("program: labels that binary_cross_entropy cannot learn name file, line and value") {
  const SmallExperiment experiment;
  const std::vector<std::string> texts = {
      "ratings.csv:3: ", "binary_cross_entropy takes labels from 0 to 1", "2"};
  check_refused(experiment, experiment.try_train({"task.loss=binary_cross_entropy"}), 1, texts);
  check_refused(experiment,
                experiment.gradus({"validate", "experiment.json", "--data", "--set",
                                   "task.loss=binary_cross_entropy"}),
                1, texts);
}

/// A folder in the form of MovieLens, with one fault.
struct Movies {
  std::string data = "1\t10\t3\t881250949\n2\t10\t4\t881250950\n1\t20\t5\t881250951\n";
  std::string item = film("10", "One (1990)") + film("20", "Two (1991)");

  static std::string film(const std::string& id, const std::string& title) {
    return id + "|" + title + "|01-Jan-1990|||" + "0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n";
  }
};

void check_movies(const Movies& movies, const std::vector<std::string>& texts) {
  const SmallExperiment experiment;
  const TemporaryFolder folder;
  write_file(folder / "u.data", movies.data);
  write_file(folder / "u.item", movies.item);
  write_file(experiment / "experiment.json",
             fmt::format(R"({{"data": {{"source": "movielens_100k", "path": "{}",
               "split": {{"kind": "random", "train": 2, "test": 1}}}},
               "model": {{"kind": "ranking"}},
               "optimizer": {{"kind": "sgd", "learning_rate": 0.1}}}})",
                         folder.path().string()));
  if (texts.empty()) {
    experiment.train();
  } else {
    check_refused(experiment, experiment.try_train({}), 1, texts);
  }
}

TEST_CASE("program: a bad MovieLens file is named with the line and the value") {
  const Movies good;
  check_movies(good, {});
  Movies bad = good;
  bad.data += "1\t10\t3\n";
  check_movies(bad, {"u.data:4: 3 columns, 4 are required", "\"1\\t10\\t3\""});
  bad.data = good.data + "1\t10\tgood\t881250949\n";
  check_movies(bad, {"u.data:4: user_rating: \"good\" is not a finite number"});
  bad.data = good.data + "1\t10\tinf\t881250949\n";
  check_movies(bad, {"u.data:4: user_rating: \"inf\" is not a finite number"});
  bad.data = good.data + "1\t30\t3\t881250949\n";
  check_movies(bad, {"u.data:4: movie id \"30\" has no title in u.item"});
  bad.data = "";
  check_movies(bad, {"u.data: is empty"});
  bad = good;
  bad.item += "30|Three (1992)|01-Jan-1990||\n";
  check_movies(bad, {"u.item:3: 5 columns, 24 are required", "\"30|Three (1992)|"});
  bad.item = good.item + Movies::film("30", "");
  check_movies(bad, {"u.item:3: movie id \"30\" has no title"});
  bad.item = "";
  check_movies(bad, {"u.item: is empty"});
}

TEST_CASE("program: a folder without u.data is named, and the script that gets it") {
  const SmallExperiment experiment;
  const TemporaryFolder empty;
  write_file(experiment / "experiment.json",
             R"({"data": {"source": "movielens_100k"}, "model": {"kind": "ranking"},
                 "optimizer": {"kind": "sgd", "learning_rate": 0.1}})");
  check_refused(experiment, experiment.try_train({"data.path=" + empty.path().string()}), 1,
                {empty.path().string() + ": the folder holds no u.data"});
  check_refused(experiment, experiment.try_train({"data.path=nowhere"}), 1,
                {(experiment / "nowhere").string() + ": there is no such folder"});
  const std::string none = empty.path().string();
  const ProgramResult result =
      run_gradus({"train", "experiment.json"},
                 {.environment = {{"GRADUS_DATA", none}, {"XDG_CACHE_HOME", none}},
                  .working_folder = experiment.path()});
  check_refused(experiment, result, 1,
                {"MovieLens 100K is not here; no u.data in " + none, "apps/fetch_movielens.sh"});
}

/// Trains on rows of these two files of numbers, which must be refused.
void check_rows(const std::string& train, const std::string& test,
                const std::vector<std::string>& texts) {
  const SmallExperiment experiment;
  const TemporaryFolder folder;
  write_file(folder / "train.txt", train);
  write_file(folder / "test.txt", test);
  const std::string split =
      fmt::format(R"(data.split={{"kind": "rows", "train": "{}", "test": "{}"}})",
                  (folder / "train.txt").string(), (folder / "test.txt").string());
  check_refused(experiment, experiment.try_train({split}), 1, texts);
}

TEST_CASE("program: bad files of row numbers are named with the line and the value") {
  check_rows("0\n1\n200\n", "3\n", {"train.txt:3: row 200 is out of range", "rows 0 to 199"});
  check_rows("0\n-1\n", "3\n", {"train.txt:2: row -1 is out of range"});
  check_rows("0\n1\n", "3\n1\n", {"test.txt:2: row 1 is for training too", "train.txt:2"});
  check_rows("0\n1\n0\n", "3\n", {"train.txt:3: row 0 is listed again, first on line 1"});
  check_rows("0\none\n", "3\n", {"train.txt:2: \"one\" is not a row number"});
  check_rows("0\n1.5\n", "3\n", {"train.txt:2: \"1.5\" is not a row number"});
  check_rows("0\n", "99999999999999999999\n", {"test.txt:1: \"99999999999999999999\""});
  check_rows("", "3\n", {"train.txt: has no row numbers"});
  check_rows("0\n", "\n\n", {"test.txt: has no row numbers"});
}

}  // namespace
}  // namespace gradus::tests
