#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/report_pages.h"
#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Texts = std::vector<std::string>;

const Texts kSections = {"results",  "curves", "predictions", "calibration", "errors",
                         "rankings", "model",  "time",        "config",      "machine"};

/// `gradus report run`, which must succeed, and what its page shows.
json report_of(const SmallExperiment& experiment, const std::string& run = "run") {
  const ProgramResult result = experiment.gradus({"report", run});
  REQUIRE_MESSAGE(result.exit_code == 0, result.standard_error);
  CHECK(result.standard_output.starts_with(fmt::format("report: {}/report.html (", run)));
  return report_data(experiment / run / "report.html");
}

std::vector<json> lines_of(const fs::path& file) {
  std::vector<json> out;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line));
  return out;
}

/// The text of a problem on the page and in the note on standard error.
void check_problem(const SmallExperiment& experiment, const std::string& text) {
  const ProgramResult result = experiment.gradus({"report", "run"});
  CHECK(result.exit_code == 0);
  CAPTURE(result.standard_error);
  CHECK(result.standard_error.find(text) != std::string::npos);
  const json report = report_data(experiment / "run" / "report.html");
  CHECK(report.at("problems").dump().find(text) != std::string::npos);
}

constexpr const char* kSplit =
    R"(data.split={"kind": "random", "train": 120, "validation": 30, "test": 50, "seed": 1})";

TEST_CASE("program: a report has all sections, and the figures of the run's files") {
  const SmallExperiment experiment;
  experiment.train({kSplit, "training.epochs=7"});
  const json report = report_of(experiment);
  CHECK(section_ids(report) == kSections);
  CHECK(report.at("problems").empty());
  CHECK(report.at("title") == "experiment");
  const json result = json::parse(read_file(experiment / "run" / "result.json"));
  const json& bars = block_of(report, "results", "of the test rows").at("rows");
  CHECK(bars[0][0] == "model");
  CHECK(
      bars[0][1].get<double>() ==
      doctest::Approx(result.at("test").at("root_mean_squared_error").get<double>()).epsilon(1e-5));
  for (std::size_t i = 1; i < bars.size(); ++i) {
    const json& figures = result.at("baselines").at(bars[i][0].get<std::string>());
    CHECK(bars[i][1].get<double>() ==
          doctest::Approx(figures.at("root_mean_squared_error").get<double>()).epsilon(1e-5));
  }
  CHECK(bars.size() == 3);
  for (const std::string figure : {"loss", "root_mean_squared_error"}) {
    CAPTURE(figure);
    const json& rows = block_of(report, "curves", figure + " by epoch").at("rows");
    const auto epochs = lines_of(experiment / "run" / "metrics.jsonl");
    REQUIRE(rows.size() == epochs.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(rows[i][0] == epochs[i].at("epoch"));
      CHECK(rows[i][1].get<double>() ==
            doctest::Approx(epochs[i].at(figure).get<double>()).epsilon(1e-5));
      CHECK(rows[i][2].get<double>() ==
            doctest::Approx(epochs[i].at("validation_" + figure).get<double>()).epsilon(1e-5));
    }
  }
  const auto steps = lines_of(experiment / "run" / "steps.jsonl");
  const json& by_step = block_of(report, "curves", "loss by step").at("rows");
  REQUIRE(by_step.size() == steps.size());
  CHECK(by_step[9][1].get<double>() ==
        doctest::Approx(steps[9].at("loss").get<double>()).epsilon(1e-5));
  const json config = json::parse(read_file(experiment / "run" / "config.json"));
  for (const json& row : block_of(report, "config", "All keys").at("rows")) {
    std::string pointer = "/" + row[0].get<std::string>();
    std::ranges::replace(pointer, '.', '/');
    CHECK(json::parse(row[1].get<std::string>()) == config.at(json::json_pointer(pointer)));
  }
  const json rank =
      json::parse(experiment.gradus({"rank", "run", "--user", "0", "--json"}).standard_output);
  const json& ranked = block_of(report, "rankings", "user_id 0,").at("rows");
  REQUIRE(ranked.size() == 10);
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    CHECK(ranked[i][1] == rank.at("items")[i].at("item"));
    CHECK(ranked[i][2] == fmt::format("{:.4f}", rank.at("items")[i].at("score").get<double>()));
  }
}

/// Test rows 160 to 199 of the small experiment, and the rows before them for training.
struct KnownRows {
  std::vector<int> user, item, label;
  std::vector<double> prediction;

  explicit KnownRows(const SmallExperiment& experiment) {
    std::string train;
    std::string test;
    std::string rows = "user_id,movie_title\n";
    for (int i = 0; i < 200; ++i) {
      (i < 160 ? train : test) += fmt::format("{}\n", i);
      user.push_back(i % 17);
      item.push_back(i * 7 % 23);
      label.push_back(1 + i * i % 5);
      if (i >= 160) rows += fmt::format("{},Film {:02}\n", user.back(), item.back());
    }
    write_file(experiment / "train.txt", train);
    write_file(experiment / "test.txt", test);
    write_file(experiment / "test.csv", rows);
    experiment.train({R"(data.split={"kind": "rows", "train": "train.txt", "test": "test.txt"})"});
    const ProgramResult predicted = experiment.gradus({"predict", "run", "--input", "test.csv"});
    REQUIRE(predicted.exit_code == 0);
    std::istringstream lines(predicted.standard_output);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {  // "0,Film 01,3.4655302,"
      const std::size_t end = line.rfind(',');
      prediction.push_back(std::stod(line.substr(line.rfind(',', end - 1) + 1)));
    }
    REQUIRE(prediction.size() == 40);
  }
};

TEST_CASE("program: what a report shows of test rows agrees with predictions made apart") {
  const SmallExperiment experiment;
  const KnownRows known(experiment);
  const json report = report_of(experiment);
  // By label: rows and mean prediction.
  std::map<int, std::pair<int, double>> by_label;
  for (std::size_t k = 0; k < 40; ++k) {
    auto& [rows, sum] = by_label[known.label[160 + k]];
    ++rows;
    sum += known.prediction[k];
  }
  const json& labels = block_of(report, "predictions", "mean, and what").at("rows");
  REQUIRE(labels.size() == by_label.size());
  for (const json& row : labels) {
    const auto& [rows, sum] = by_label.at(std::stoi(row[0].get<std::string>()));
    CHECK(row[1] == std::to_string(rows));
    CHECK(std::stod(row[2].get<std::string>()) == doctest::Approx(sum / rows).epsilon(1e-4));
  }
  int cells = 0;
  for (const json& cell : block_of(report, "predictions", "Predictions by true label").at("rows")) {
    cells += cell[4].get<int>();
  }
  CHECK(cells == 40);
  // By the user's training rows: each of 17 users has 9 or 10 of them.
  for (const std::string column : {"user_id", "movie_title"}) {
    CAPTURE(column);
    const auto& ids = column == "user_id" ? known.user : known.item;
    std::map<std::string, std::pair<int, double>> by_band;
    for (std::size_t k = 160; k < 200; ++k) {
      const auto count = std::count(ids.begin(), ids.begin() + 160, ids[k]);
      auto& [rows, squares] = by_band[count < 10 ? "5 to 9" : "10 to 19"];
      ++rows;
      squares += std::pow(known.prediction[k - 160] - known.label[k], 2);
    }
    const json& bands = block_of(report, "errors", column).at("rows");
    CHECK(bands.size() == by_band.size());
    for (const json& band : bands) {
      const auto& [rows, squares] = by_band.at(band[0]);
      CHECK(band[1].get<double>() == doctest::Approx(std::sqrt(squares / rows)).epsilon(1e-4));
      CHECK(band[4] == rows);
    }
  }
  // Calibration: ten bins of four rows, in the order of predictions.
  std::vector<std::pair<double, int>> order;
  for (std::size_t k = 0; k < 40; ++k)
    order.emplace_back(known.prediction[k], known.label[160 + k]);
  std::ranges::sort(order);
  const json& bins = block_of(report, "calibration", "Mean label").at("rows");
  int rows = 0;
  for (const json& bin : bins) {
    const int count = bin[4];
    double prediction = 0;
    for (int i = rows; i < rows + count; ++i)
      prediction += order[static_cast<std::size_t>(i)].first;
    CHECK(bin[0].get<double>() == doctest::Approx(prediction / count).epsilon(1e-4));
    rows += count;
  }
  CHECK(rows == 40);
}

TEST_CASE("program: train --report writes the page that report writes, and says where") {
  const SmallExperiment experiment;
  const ProgramResult trained =
      experiment.gradus({"train", "experiment.json", "--output", "run", "--report", "--profile"});
  REQUIRE(trained.exit_code == 0);
  CHECK(trained.standard_output.find("\nreport: run/report.html\n") != std::string::npos);
  const std::string page = read_file(experiment / "run" / "report.html");
  const json report = report_of(experiment);
  CHECK((page == read_file(experiment / "run" / "report.html")));
  CHECK(block_of(report, "time", "Milliseconds").at("rows").size() > 5);
  const json plain = json::parse(
      experiment.gradus({"train", "experiment.json", "--output", "other", "--report", "--json"})
          .standard_output);
  CHECK(plain.at("report") == "other/report.html");
  const ProgramResult elsewhere =
      experiment.gradus({"report", "run", "--output", "page.html", "--json"});
  CHECK(elsewhere.exit_code == 0);
  json printed = json::parse(elsewhere.standard_output);
  CHECK(printed.at("report") == "page.html");
  printed.erase("report");
  CHECK(printed == report_data(experiment / "page.html"));
  check_failure(experiment.gradus({"report", "run", "--output", "no/such/page.html"}), 1,
                {"no/such/page.html"});
}

TEST_CASE("program: nothing of a user's data becomes part of the page's HTML or scripts") {
  const SmallExperiment experiment;
  const std::string title = R"(</script><script>alert("1")</script> & 'q' <!-- {{data}})";
  std::string rows = "user_id,movie_title,user_rating\n";
  for (int i = 0; i < 200; ++i) {
    rows += fmt::format(
        "<b>{}</b>,\"</script><script>alert(\"\"1\"\")</script> & 'q' <!-- {{{{data}}}}{}\",{}\n",
        i % 17, i % 23 == 0 ? "" : std::to_string(i % 23), 1 + i * i % 5);
  }
  write_file(experiment / "ratings.csv", rows);
  experiment.train({R"(name=a & "b")"});
  const json report = report_of(experiment);
  const std::string page = read_file(experiment / "run" / "report.html");
  CHECK(page.find("alert(") != std::string::npos);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("<b>") == std::string::npos);
  CHECK(page.find("<!-- ") == std::string::npos);
  bool shown = false;
  for (const json& block : report.at("sections")[5].at("blocks")) {
    for (const json& row : block.at("rows"))
      shown = shown || row[1].get<std::string>().starts_with(title);
  }
  CHECK(shown);
}

TEST_CASE("program: a training that fails leaves why, and a report of what there is") {
  const SmallExperiment experiment;
  const ProgramResult result =
      experiment.gradus({"train", "experiment.json", "--output", "run", "--report", "--set",
                         "optimizer.learning_rate=1e30"});
  check_failure(result, 1, {"the loss is"});
  const std::string why = read_file(experiment / "run" / "error.txt");
  CHECK(why.starts_with("training: the loss is"));
  const json report = report_data(experiment / "run" / "report.html");
  CHECK(section_ids(report) == Texts{"results", "curves", "time", "config"});
  CHECK(report.at("problems").dump().find("The training failed: training: the loss is") !=
        std::string::npos);
  CHECK(report.at("lead")[1].get<std::string>().starts_with("failed: 0 of 2 epochs"));
  check_problem(experiment, "The training failed: training: the loss is");
}

TEST_CASE("program: a report of a damaged run says what is damaged, and shows the rest") {
  const SmallExperiment experiment;
  experiment.train();
  const std::string metrics = read_file(experiment / "run" / "metrics.jsonl");
  write_file(experiment / "run" / "metrics.jsonl", "{\"epoch\": 1,\n" + metrics);
  check_problem(experiment, "run/metrics.jsonl, line 1:");
  fs::remove(experiment / "run" / "metrics.jsonl");
  check_problem(experiment, "run/metrics.jsonl: is missing");
  write_file(experiment / "run" / "metrics.jsonl", metrics);
  CHECK(report_of(experiment).at("problems").empty());

  fs::rename(experiment / "ratings.csv", experiment / "gone.csv");
  check_problem(experiment, "What the test rows show is left out: ");
  CHECK(section_ids(report_data(experiment / "run" / "report.html")) ==
        Texts{"results", "curves", "rankings", "model", "time", "config", "machine"});
  std::string other = read_file(experiment / "gone.csv");
  std::ranges::replace(other, '5', '1');
  write_file(experiment / "ratings.csv", other);
  check_problem(experiment, "The data are not those that the result was measured on");
  fs::rename(experiment / "gone.csv", experiment / "ratings.csv");

  write_file(experiment / "run" / "profile.json", "[");
  check_problem(experiment, "run/profile.json:");
  fs::remove(experiment / "run" / "profile.json");
  fs::remove(experiment / "run" / "model.safetensors");
  check_problem(experiment,
                "What the model and the test rows show is left out: run/model.safetensors");
  write_file(experiment / "run" / "result.json", R"({"format": 99})");
  check_problem(experiment, "run/result.json: has format 99");
  write_file(experiment / "run" / "result.json",
             R"({"format": 1, "test": 3, "baselines": [], "seconds": {"total": "x"}})");
  check_problem(experiment, "left out");
  write_file(experiment / "run" / "config.json", "{");
  check_problem(experiment, "run/config.json:");
}

TEST_CASE("program: report refuses what is no run") {
  const SmallExperiment experiment;
  fs::create_directories(experiment / "empty");
  check_failure(experiment.gradus({"report", "nothing"}), 1, {"nothing: is no run directory"});
  check_failure(experiment.gradus({"report", "empty"}), 1,
                {"empty: is no run directory (it has no config.json)"});
  check_failure(experiment.gradus({"report"}), 2, {"run is required"});
  check_failure(experiment.gradus({"report", "empty", "--output", ""}), 2, {"--output"});
}

TEST_CASE("program: a report without user and item columns says what is not there") {
  const SmallExperiment experiment;
  experiment.train(
      {R"(data.columns=[{"name": "user_id", "kind": "id"}, {"name": "movie_title", "kind": "id"}, {"name": "user_rating", "kind": "label"}])",
       R"(model.features=["user_id", "movie_title"])"});
  const json report = report_of(experiment);
  CHECK(section_ids(report) == kSections);
  CHECK(report.at("sections")[4].at("text")[0] == "The data have no user and no item column.");
  CHECK(report.at("sections")[5].at("blocks").empty());
}

TEST_CASE("program: a report of a thousand epochs stays small, and says what a point is") {
  const SmallExperiment experiment;
  experiment.train({"training.epochs=1200"});
  const json report = report_of(experiment);
  const json& epochs = block_of(report, "curves", "loss by epoch");
  CHECK(epochs.at("rows").size() == 1000);
  CHECK(epochs.at("description").get<std::string>().find("mean of 1 to 2 of the 1,200 epochs") !=
        std::string::npos);
  const json& steps = block_of(report, "curves", "loss by step");
  CHECK(steps.at("rows").size() == 500);
  CHECK(steps.at("band") == true);
  CHECK(steps.at("description").get<std::string>().find("mean of 12 to 12 of the 6,000 steps") !=
        std::string::npos);
  for (const json& row : steps.at("rows")) {
    CHECK(row[2] <= row[1]);
    CHECK(row[1] <= row[3]);
  }
}

TEST_CASE("program: a sweep's report has its settings, and a point for each trial") {
  const SmallExperiment experiment;
  const ProgramResult swept = experiment.gradus(
      {"train", "experiment.json", "--output", "run", "--report", "--set", kSplit, "--set",
       R"(sweep={"over": {"optimizer.learning_rate": [0.05, 0.1, 1e30]}, "seeds": 3})"});
  CHECK(swept.exit_code == 1);
  CHECK(swept.standard_output.find("\nreport: run/report.html\n") != std::string::npos);
  const std::string page = read_file(experiment / "run" / "report.html");
  const json report = report_of(experiment);
  CHECK((page == read_file(experiment / "run" / "report.html")));
  CHECK(section_ids(report) == Texts{"settings", "keys", "trials", "config"});
  const json table = json::parse(read_file(experiment / "run" / "sweep.json"));
  const json& chart = block_of(report, "settings", "by setting");
  CHECK(chart.at("points").size() == 6);
  REQUIRE(chart.at("rows").size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const json& summary = table.at("settings")[i].at("validation").at("root_mean_squared_error");
    CHECK(chart.at("rows")[i][1].get<double>() ==
          doctest::Approx(summary.at("mean").get<double>()).epsilon(1e-5));
    CHECK(chart.at("rows")[i][3].get<double>() ==
          doctest::Approx(summary.at("interval_95")[1].get<double>()).epsilon(1e-5));
  }
  CHECK(block_of(report, "keys", "optimizer.learning_rate").at("rows").size() == 6);
  CHECK(block_of(report, "trials", "9 trials").at("rows").size() == 9);
  CHECK(report.at("problems")[0].get<std::string>().starts_with(
      "3 of 9 trials failed, first trials/007: training: the loss is"));
  fs::remove(experiment / "run" / "trials" / "002" / "result.json");
  CHECK(report_of(experiment).at("problems").dump().find("1 of 9 trials are not done.") !=
        std::string::npos);
  write_file(experiment / "run" / "plan.json", "{}");
  check_failure(experiment.gradus({"report", "run"}), 1, {"run/plan.json"});
}

}  // namespace
}  // namespace gradus::tests
