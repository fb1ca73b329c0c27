#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kPairs =
    "{\"user_id\": \"3\", \"movie_title\": \"Film 07\"}\n"
    "\n"
    "{\"movie_title\": \"Film 08\", \"user_id\": 4, \"more\": [1]}\r\n"
    "{\"user_id\": \"nobody\", \"movie_title\": \"\"}";

constexpr const char* kRows =
    "movie_title,user_id\nFilm 07,3\n\"Film 08\",4\n\"None, \"\"x\"\"\",3\n";

/// What a command gives; it must succeed.
ProgramResult succeed(const SmallExperiment& experiment, const std::vector<std::string>& arguments,
                      const std::string& input = "") {
  ProgramResult result = experiment.gradus(arguments, input);
  INFO(result.standard_error);
  REQUIRE(result.exit_code == 0);
  return result;
}

/// Everything that can be asked of a run without its data.
std::string answers(const SmallExperiment& experiment, const std::string& run) {
  write_file(experiment / "rows.csv", kRows);
  const std::vector<std::string> rank = {"rank", run, "--user", "3", "--top", "23"};
  std::vector<std::string> rank_json = rank;
  rank_json.emplace_back("--json");
  return succeed(experiment, {"predict", run}, kPairs).standard_output +
         succeed(experiment, {"predict", run, "--input", "rows.csv"}).standard_output +
         succeed(experiment, {"predict", run, "--input", "rows.csv", "--json"}).standard_output +
         succeed(experiment, rank).standard_output + succeed(experiment, rank_json).standard_output;
}

TEST_CASE("program: a copied run answers the same bytes without its data") {
  const SmallExperiment experiment;
  experiment.train();
  const std::string before = answers(experiment, "run");
  CHECK(before.size() > 500);
  const TemporaryFolder elsewhere;
  fs::copy(experiment / "run", elsewhere / "copy", fs::copy_options::recursive);
  fs::remove_all(experiment / "run");
  fs::remove(experiment / "ratings.csv");
  fs::remove(experiment / "experiment.json");
  CHECK(answers(experiment, (elsewhere / "copy").string()) == before);
}

TEST_CASE("program: predict answers JSON lines, unknown strings with a note") {
  const SmallExperiment experiment;
  experiment.train();
  const ProgramResult result = succeed(experiment, {"predict", "run"}, kPairs);
  CHECK(result.standard_error == "1 of 3 rows hold ids that the model has never seen\n");
  std::istringstream lines(result.standard_output);
  std::vector<json> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(json::parse(line));
  REQUIRE(answers.size() == 3);
  for (const json& answer : answers) {
    CHECK(answer.size() == 2);
    CHECK(answer.at("prediction").is_number());
  }
  CHECK(answers[0].at("unknown") == json::array());
  CHECK(answers[2].at("unknown") == json({"user_id", "movie_title"}));
  CHECK(succeed(experiment, {"predict", "run", "--quiet"}, kPairs).standard_error == "");
  CHECK(succeed(experiment, {"predict", "run"}, "").standard_output == "");
}

TEST_CASE("program: predict reads and writes CSV with the same numbers") {
  const SmallExperiment experiment;
  experiment.train();
  write_file(experiment / "rows.csv", kRows);
  const ProgramResult result =
      succeed(experiment, {"predict", "run", "--input", "rows.csv", "--output", "out.csv"});
  CHECK(result.standard_output == "");
  CHECK(result.standard_error == "1 of 3 rows hold ids that the model has never seen\n");
  const auto one = [&](const std::string& user, const std::string& title) {
    const json pair = {{"user_id", user}, {"movie_title", title}};
    const std::string out = succeed(experiment, {"predict", "run"}, pair.dump()).standard_output;
    return out.substr(15, out.find(',') - 15);  // after {"prediction": as it is written
  };
  CHECK(read_file(experiment / "out.csv") == "user_id,movie_title,prediction,unknown\n3,Film 07," +
                                                 one("3", "Film 07") + ",\n4,Film 08," +
                                                 one("4", "Film 08") + ",\n3,\"None, \"\"x\"\"\"," +
                                                 one("3", "None, \"x\"") + ",movie_title\n");
}

TEST_CASE("program: predict refuses bad rows and leaves no half file") {
  const SmallExperiment experiment;
  experiment.train();
  const std::string good = "{\"user_id\": \"3\", \"movie_title\": \"Film 07\"}\n";
  const struct {
    std::string line;
    std::string text;
  } cases[] = {
      {"{\"user_id\": \"3\"}", "standard input, line 2: \"movie_title\" is missing in \"{"},
      {"{\"user_id\": [3], \"movie_title\": \"a\"}",
       "\"user_id\" must be a text or a whole number"},
      {"{\"user_id\": 3.5, \"movie_title\": \"a\"}",
       "\"user_id\" must be a text or a whole number"},
      {"[1]", "standard input, line 2: \"user_id\" is missing"},
      {"{\"user_id\"", "standard input, line 2:1:11: unexpected end of input"},
      {"{\"user_id\": 1, \"user_id\": 2}", "line 2: /user_id: this key is given twice"},
      {std::string(100'000, '['), "standard input, line 2: nested more than"},
  };
  for (const auto& bad : cases) {
    CAPTURE(bad.text);
    std::string input = good + bad.line;
    check_failure(experiment.gradus({"predict", "run", "--output", "out.jsonl"}, input), 1,
                  {bad.text});
    // On standard output the rows before it are answered, whatever comes after.
    const ProgramResult result =
        experiment.gradus({"predict", "run"}, input.append("\n").append(good));
    CHECK(result.exit_code == 1);
    CHECK(result.standard_output == succeed(experiment, {"predict", "run"}, good).standard_output);
  }
  write_file(experiment / "rows.csv", "user_id,movie_title\n3\n");
  check_failure(experiment.gradus({"predict", "run", "--input", "rows.csv"}), 1,
                {"rows.csv:2: 1 columns, the header has 2"});
  check_failure(experiment.gradus({"predict", "run", "--input", "nowhere.csv"}), 1,
                {"nowhere.csv: there is no such file"});
  check_failure(experiment.gradus({"predict", "run", "--output", "nowhere/out"}, good), 1,
                {"nowhere/out: cannot be written: No such file"});
  check_failure(experiment.gradus({"predict", "run", "--output", "/dev/full"}, good), 1,
                {"/dev/full: cannot be written: No space left on device"});
  CHECK(experiment.entries() == 4);  // experiment.json, ratings.csv, rows.csv, run
}

std::vector<std::string> ranked(const ProgramResult& result) {
  std::vector<std::string> items;
  const json out = json::parse(result.standard_output);
  for (const json& item : out.at("items")) items.push_back(item.at("item").get<std::string>());
  return items;
}

TEST_CASE("program: rank leaves out or takes only what it is told") {
  const SmallExperiment experiment;
  experiment.train();
  std::vector<std::string> rank = {"rank", "run", "--user", "3", "--json", "--top"};
  const auto with = [&](const std::string& top, const std::vector<std::string>& more) {
    std::vector<std::string> all = rank;
    all.push_back(top);
    all.insert(all.end(), more.begin(), more.end());
    return succeed(experiment, all);
  };
  const std::vector<std::string> all = ranked(with("1000000000", {}));
  REQUIRE(all.size() == 23);
  CHECK(ranked(with("2", {})) == std::vector<std::string>(all.begin(), all.begin() + 2));

  // Not in the order of the file, blank lines and repeated ones passed over, DOS line ends.
  write_file(experiment / "some.txt", all[4] + "\r\n\n" + all[1] + "\n" + all[4] + "\nNew");
  const ProgramResult some = with("9", {"--items", "some.txt"});
  const json out = json::parse(some.standard_output);
  CHECK(out.at("items").size() == 3);
  CHECK(out.at("unknown") == json({"movie_title"}));
  for (const json& item : out.at("items")) {
    CHECK(item.value("unknown", false) == (item.at("item") == "New"));
  }
  CHECK(some.standard_error == "movie_title is unknown to the model\n");

  write_file(experiment / "not.txt", all[0] + "\n" + all[2] + "\nNew\n");
  const ProgramResult rest = with("2", {"--exclude", "not.txt"});
  CHECK(ranked(rest) == std::vector<std::string>{all[1], all[3]});
  CHECK(rest.standard_error == "not.txt: \"New\" is unknown to the model\n");
  CHECK(ranked(with("9", {"--items", "some.txt", "--exclude", "not.txt"})) ==
        std::vector<std::string>{all[1], all[4]});

  rank = {"rank", "run", "--user", "3"};
  write_file(experiment / "empty.txt", "\n");
  for (const std::string option : {"--items", "--exclude"}) {
    check_failure(experiment.gradus({"rank", "run", "--user", "3", option, "nowhere.txt"}), 1,
                  {"nowhere.txt: there is no such file"});
  }
  check_failure(experiment.gradus({"rank", "run", "--user", "3", "--items", "empty.txt"}), 1,
                {"rank: no item is left to be ranked"});
}

TEST_CASE("program: rank --exclude-seen leaves out what the user has rated, with the data") {
  const SmallExperiment experiment;
  experiment.train();
  const std::vector<std::string> rank = {"rank",  "run",  "--user",         "3",
                                         "--top", "1000", "--exclude-seen", "--json"};
  std::string seen;
  for (int i = 3; i < 200; i += 17) {  // as SmallExperiment makes them
    seen += "Film " + std::string(i * 7 % 23 < 10 ? "0" : "") + std::to_string(i * 7 % 23) + "\n";
  }
  const std::vector<std::string> unseen = ranked(succeed(experiment, rank));
  CHECK(unseen.size() == 11);
  for (const std::string& title : unseen) {
    CAPTURE(title);
    CHECK(seen.find(title) == std::string::npos);
  }
  fs::remove(experiment / "ratings.csv");
  check_failure(experiment.gradus(rank), 1,
                {"rank --exclude-seen needs the data that the run was trained on: ",
                 "ratings.csv: there is no such file"});
}

TEST_CASE("program: rank takes a user that the model has never seen, with a note") {
  const SmallExperiment experiment;
  experiment.train();
  for (const std::string user : {"nobody", "", "\xff"}) {
    CAPTURE(user);
    const ProgramResult result =
        succeed(experiment, {"rank", "run", "--user", user, "--json", "--top", "1"});
    CHECK(json::parse(result.standard_output).at("unknown") == json({"user_id"}));
    CHECK(result.standard_error.ends_with("\" is unknown to the model\n"));
    CHECK(result.standard_error.starts_with("user_id \""));
    CHECK(succeed(experiment, {"rank", "run", "--user", user, "--quiet"}).standard_error == "");
  }
}

TEST_CASE("program: --json puts JSON alone on standard output, progress is on standard error") {
  const SmallExperiment experiment;
  const ProgramResult train =
      succeed(experiment, {"train", "experiment.json", "--output", "run", "--json"});
  CHECK(train.standard_error.find("epoch 2/2: loss ") != std::string::npos);
  json trained = json::parse(train.standard_output);
  CHECK(trained.at("run") == "run");
  trained.erase("run");
  CHECK(trained == json::parse(read_file(experiment / "run" / "result.json")));
  const json evaluated =
      json::parse(succeed(experiment, {"evaluate", "run", "--json"}).standard_output);
  CHECK(evaluated.at("test") == trained.at("test"));
  CHECK(evaluated.at("baselines") == trained.at("baselines"));
  CHECK(evaluated.at("spread") == trained.at("spread"));

  const ProgramResult quiet =
      succeed(experiment, {"train", "experiment.json", "--output", "again", "--quiet", "--json"});
  CHECK(quiet.standard_error == "");
  CHECK(json::parse(quiet.standard_output).at("test") == trained.at("test"));
}

TEST_CASE("program: evaluate measures another CSV file") {
  const SmallExperiment experiment;
  experiment.train();
  write_file(experiment / "new.csv", "user_rating,movie_title,user_id\n3,Film 01,1\n4,New,2\n");
  const ProgramResult result =
      succeed(experiment, {"evaluate", "run", "--data", "new.csv", "--json"});
  const json out = json::parse(result.standard_output);
  CHECK(out.at("test").at("rows") == 2);
  CHECK(out.at("unknown") == json({{"user_id", 0}, {"movie_title", 1}}));
  CHECK(out.at("baselines") == json::object());
  CHECK(result.standard_error == "movie_title: unknown to the model in 1 rows\n");
  write_file(experiment / "new.csv", "movie_title,user_id\nFilm 01,1\n");
  check_failure(experiment.gradus({"evaluate", "run", "--data", "new.csv"}), 1,
                {"new.csv:1: no column \"user_rating\""});
  fs::remove(experiment / "ratings.csv");
  check_failure(experiment.gradus({"evaluate", "run"}), 1, {"ratings.csv: there is no such file"});
}

}  // namespace
}  // namespace gradus::tests
