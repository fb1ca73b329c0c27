#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/evaluation.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/scorer.h"
#include "tests/number_model.h"
#include "tests/support.h"

namespace gradus::experiment {
namespace {

using nlohmann::json;

constexpr const char* kConfig = R"({
  "data": {"source": "csv", "path": "visits.csv",
           "columns": [{"name": "age", "kind": "number"}, {"name": "user", "kind": "user"},
                       {"name": "item", "kind": "item"}, {"name": "price", "kind": "number"},
                       {"name": "place", "kind": "id"}, {"name": "stars", "kind": "label"}],
           "split": {"kind": "random", "train": 0.8, "test": 0.2}},
  "model": {"kind": "numbers"},
  "optimizer": {"kind": "sgd"}
})";

ModelCatalogue number_models() {
  return {kind<ModelSignature, tests::NumberModel>("numbers", "ids' vectors and numbers")};
}

/// A run directory of a model that reads numbers, with its initial values.
class NumberRun {
 public:
  NumberRun() {
    std::string visits = "user,item,age,price,place,stars\n";
    for (int i = 0; i < 100; ++i) {
      visits += fmt::format("u{},i{},{},{},p{},{}\n", i % 7, i % 9, i % 50, i / 4.0, i % 3, i % 5);
    }
    tests::write_file(folder_ / "visits.csv", visits);
    tests::write_file(folder_ / "experiment.json", kConfig);
    const Config config = load_config(folder_ / "experiment.json", {}, catalogues_);
    const Table table = read_table(config);
    tests::write_file(path() / kRunResult, "{}");
    save_model(make_model(config, table, split_rows(config, table)), path());
  }

  std::filesystem::path path() const { return folder_ / "run"; }
  ExperimentModel load() const { return load_model(path(), catalogues_); }
  /// Writes that file beside the run.
  std::string write(const std::string& name, const std::string& text) const {
    tests::write_file(folder_ / name, text);
    return (folder_ / name).string();
  }
  /// What `gradus predict` writes for a CSV file.
  std::string predict_csv(const std::string& csv, bool as_json = false) const {
    PredictArguments arguments;
    arguments.json = as_json;
    return predict(arguments, write("new.csv", csv));
  }
  /// What `gradus predict` writes for JSON lines on standard input.
  std::string predict_lines(const std::string& lines) const {
    const int standard_input = dup(STDIN_FILENO);
    const int file = open(write("new.jsonl", lines).c_str(), O_RDONLY | O_CLOEXEC);
    dup2(file, STDIN_FILENO);
    close(file);
    std::string out;
    std::string error;
    try {
      out = predict({}, "");
    } catch (const Error& caught) {
      error = caught.what();
    }
    dup2(standard_input, STDIN_FILENO);
    close(standard_input);
    if (!error.empty()) throw Error(error);
    return out;
  }

 private:
  std::string predict(PredictArguments arguments, const std::string& input) const {
    arguments.quiet = true;
    arguments.run = path().string();
    arguments.input = input;
    arguments.output = (folder_ / "out").string();
    gradus::experiment::predict(arguments, catalogues_);
    return tests::read_file(arguments.output);
  }

  Catalogues catalogues_ = with_framework(number_models());
  tests::TemporaryFolder folder_;
};

std::vector<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

}  // namespace

TEST_CASE("numbers: a saved model knows its number columns") {
  const NumberRun run;
  const ExperimentModel model = run.load();
  CHECK(model.vocabularies.numbers() == std::vector<std::string>{"age", "price"});
  REQUIRE(model.columns.size() == 5);
  CHECK(model.columns[2].name == "place");
  CHECK_FALSE(model.columns[2].number);
  CHECK(model.columns[3].name == "age");
  CHECK(model.columns[4].name == "price");
  CHECK(model.columns[4].number);

  const std::string file = (run.path() / kModelDescription).string();
  json description = json::parse(tests::read_file(file));
  description["numbers"] = {"age", 4};
  tests::write_file(file, description.dump());
  CHECK_THROWS_WITH_AS(run.load(), (file + ": \"numbers\" has a whole number, not a text").c_str(),
                       Error);
  description["numbers"] = "age";
  tests::write_file(file, description.dump());
  CHECK_THROWS_WITH_AS(run.load(), (file + ": \"numbers\" is missing or of another type").c_str(),
                       Error);
}

TEST_CASE("numbers: another file is evaluated with its own") {
  const NumberRun run;
  const ExperimentModel model = run.load();
  const std::string header = "stars,place,age,user,item,price\n";
  const std::string file = run.write("new.csv", header + "3,p1,30,u1,i1,1.5\n4,p2,-1e2,u2,i2,0\n");
  const Table table = read_csv(model, file, true);
  const Encoded data = model.encode(table);
  CHECK(data.numbers("age")[1] == -100);
  CHECK(data.numbers("price")[0] == 1.5F);
  const TestResult result = evaluate_model(model, data, {.test = {0, 1}});
  CHECK(result.evaluation.predictions[0] != result.evaluation.predictions[1]);
  CHECK(result.order.has_value());
  CHECK_THROWS_WITH_AS(read_csv(model, run.write("new.csv", header + "3,p1,,u1,i1,1.5\n"), true),
                       doctest::Contains("new.csv:2: age: \"\" is not a finite number"), Error);
  CHECK_THROWS_WITH_AS(read_csv(model, run.write("new.csv", "user,item,place,age\n"), false),
                       doctest::Contains("new.csv:1: no column \"price\""), Error);
}

TEST_CASE("numbers: a scorer's rows have the same bits in any company, and a score takes 0") {
  const NumberRun run;
  const Scorer scorer(run.path(), number_models());
  constexpr std::size_t kRows = 70;
  std::vector<std::int32_t> ids(kRows);
  std::vector<float> numbers(kRows);
  for (std::size_t row = 0; row < kRows; ++row) {
    ids[row] = static_cast<std::int32_t>(row) % 4;
    numbers[row] = static_cast<float>(row) / 3;
  }
  const std::array<ColumnValues, 5> values{ids, ids, ids, numbers, numbers};
  const std::vector<float> all = scorer.predict(values, kRows);
  for (const std::size_t row : {std::size_t{0}, std::size_t{63}, kRows - 1}) {
    const std::span id = std::span(ids).subspan(row, 1);
    const std::span number = std::span(numbers).subspan(row, 1);
    const std::array<ColumnValues, 5> one{id, id, id, number, number};
    CHECK(scorer.predict(one, 1) == std::vector<float>{all[row]});
  }
  const std::array<ColumnValues, 5> uneven{ids, ids, ids, std::span(numbers).first(3), numbers};
  CHECK_THROWS_WITH(scorer.predict(uneven, kRows), "predict: 3 values in a column, 70 rows");

  const Vocabularies& known = scorer.model().vocabularies;
  const std::array<std::int32_t, 1> user{known["user"].id("u3")};
  const std::array<std::int32_t, 1> item{known["item"].id("i8")};
  const std::array<std::int32_t, 1> unknown{};
  const std::array<float, 1> zero{};
  const std::array<ColumnValues, 5> pair{user, item, unknown, zero, zero};
  const std::array<std::string_view, 1> items{"i8"};
  CHECK(scorer.score("u3", items)[0] == doctest::Approx(scorer.predict(pair, 1)[0]));
}

TEST_CASE("numbers: a CSV file's predictions stand beside its numbers") {
  const NumberRun run;
  const std::string csv = "item,user,price,place,age\ni1,u1,0.1,p1,30\ni2,new,-2e10,p2,7.50\n";
  const auto out = lines(run.predict_csv(csv));
  REQUIRE(out.size() == 3);
  CHECK(out[0] == "user,item,place,age,price,prediction,unknown");
  CHECK(out[1].starts_with("u1,i1,p1,30,0.1,"));
  CHECK(out[1].ends_with(','));
  CHECK(out[2].starts_with("new,i2,p2,7.5,-20000000000,"));
  CHECK(out[2].ends_with(",user"));
  CHECK(run.predict_csv(csv, true) ==
        run.predict_lines(R"({"user": "u1", "item": "i1", "place": "p1", "age": 30, "price": 0.1}
{"user": "new", "item": "i2", "place": "p2", "age": 7.5, "price": -2e10})"));
}

TEST_CASE("numbers: JSON lines bring them as numbers that fit float32") {
  const NumberRun run;
  const std::string row = R"({"user": "u1", "item": "i1", "place": "p1", "price": 1, "age": )";
  const auto out = lines(run.predict_lines(row + "0}\n\n" + row + "40.5}\n" + row + "-3e38}\n"));
  REQUIRE(out.size() == 3);
  CHECK(json::parse(out[0]).at("unknown").empty());
  CHECK(json::parse(out[0]).at("prediction") != json::parse(out[1]).at("prediction"));
  for (const std::string value : {"null", "\"30\"", "true", "[30]", "1e+39", "-1e+300"}) {
    CAPTURE(value);
    const std::string text =
        "standard input, line 2: \"age\" must be a number that is finite as float32, got " + value;
    CHECK_THROWS_WITH_AS(run.predict_lines(fmt::format("{0}1}}\n{0}{1}}}\n", row, value)),
                         text.c_str(), Error);
  }
  CHECK_THROWS_WITH_AS(
      run.predict_lines(R"({"user": "u1", "item": "i1", "place": "p1", "age": 1})"),
      doctest::Contains("standard input, line 1: \"price\" is missing in "), Error);
}

}  // namespace gradus::experiment
