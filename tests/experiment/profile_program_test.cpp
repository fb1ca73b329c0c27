#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kSteps = 10;  // two epochs of 160 rows, 32 a step

json run_json(const SmallExperiment& experiment, const std::vector<std::string>& arguments) {
  const ProgramResult result = experiment.gradus(arguments);
  INFO(result.standard_error);
  REQUIRE(result.exit_code == 0);
  return json::parse(result.standard_output);
}

std::string full_name(const json& line) {
  const auto scope = line.at("scope").get<std::string>();
  const auto op = line.at("op").get<std::string>();
  return scope.empty() ? op : op + " (" + scope + ")";
}

/// Moments in nanoseconds: a trace has microseconds with three digits, exact as these only.
std::int64_t nanoseconds(const json& microseconds) {
  return std::llround(1e3 * microseconds.get<double>());
}

/// A worker's events must be nested or apart.
void check_nested(const std::vector<json>& events) {
  std::vector<std::int64_t> open;  // ends
  std::int64_t before = 0;
  for (const json& event : events) {
    const std::int64_t begin = nanoseconds(event.at("ts"));
    const std::int64_t end = begin + nanoseconds(event.at("dur"));
    CHECK(begin >= before);
    CHECK(end >= begin);
    before = begin;
    while (!open.empty() && open.back() <= begin) open.pop_back();
    if (!open.empty()) CHECK_MESSAGE(end <= open.back(), event.dump());
    open.push_back(end);
  }
}

TEST_CASE("program: a profile's trace has each step of the plan as often as it ran") {
  for (const std::string threads : {"1", "3"}) {
    CAPTURE(threads);
    const SmallExperiment experiment;
    const auto start = std::chrono::steady_clock::now();
    const json out = run_json(experiment, {"train", "experiment.json", "--output", "run",
                                           "--profile", "--json", "--threads", threads});
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    const json plan = run_json(experiment, {"describe", "experiment.json", "--plan", "--json",
                                            "--threads", threads})
                          .at("plan");
    const json trace = json::parse(read_file(experiment / "run" / "trace.json"));

    std::map<std::string, int> counts;
    std::map<int, std::vector<json>> by_worker;
    std::set<std::string> workers;
    for (const json& event : trace.at("traceEvents")) {
      if (event.at("ph") == "M") {
        CHECK(event.at("name") == "thread_name");
        workers.insert(event.at("args").at("name"));
        continue;
      }
      CHECK(event.at("ph") == "X");
      CHECK(event.at("ts") >= 0);
      CHECK(event.at("ts").get<double>() + event.at("dur").get<double>() < took.count());
      ++counts[event.at("name")];
      by_worker[event.at("tid")].push_back(event);
    }
    CHECK(workers.size() == std::stoul(threads));
    CHECK(workers.contains("worker 0"));
    for (const auto& [worker, events] : by_worker) check_nested(events);

    CHECK(out.at("profile").at("trace") == json({{"file", "run/trace.json"}, {"steps", kSteps}}));
    const json& table = out.at("profile").at("plan");
    REQUIRE(table.size() == plan.size());
    std::map<std::string, int> calls;
    for (std::size_t k = 0; k < plan.size(); ++k) {
      for (const auto& [key, value] : plan[k].items()) CHECK(table[k].at(key) == value);
      CHECK(table[k].at("calls") >= kSteps);
      calls[full_name(plan[k])] += table[k].at("calls").get<int>();
    }
    for (const auto& step : calls) {
      CAPTURE(step.first);
      CHECK(counts[step.first] == step.second);
    }
    CHECK(counts["step"] == kSteps);
    for (const char* part : {"fill batch", "metrics", "report"}) CHECK(counts[part] >= kSteps);
  }
}

TEST_CASE("program: a profile's times add up, and are held against the machine") {
  const SmallExperiment experiment;
  const json out =
      run_json(experiment, {"train", "experiment.json", "--output", "run", "--profile", "--json",
                            "--threads", "1", "--set", "training.epochs=200"});
  const json& profile = out.at("profile");
  CHECK(profile.at("steps") == 1000);
  CHECK(profile.at("workers") == 1);
  const double whole = profile.at("seconds");
  CHECK(whole <= out.at("seconds").at("training").get<double>());
  const double best_flops = profile.at("best_flops_per_second");
  const double best_bytes = profile.at("best_bytes_per_second");
  CHECK(best_flops > 1e8);
  CHECK(best_bytes > 1e8);
  double sum = profile.at("waiting_seconds");
  for (const json& node : profile.at("plan")) {
    CAPTURE(node.dump());
    const double seconds = node.at("seconds");
    sum += seconds;
    CHECK(seconds > 0);
    CHECK(node.at("share").get<double>() == doctest::Approx(seconds / whole));
    // All batches have 32 rows.
    const double flops = 1000 * node.at("flops").get<double>();
    const double bytes = 1000 * node.at("bytes").get<double>();
    CHECK(node.at("flops_per_second").get<double>() == doctest::Approx(flops / seconds));
    CHECK(node.at("bytes_per_second").get<double>() == doctest::Approx(bytes / seconds));
    CHECK(node.at("share_of_limit").get<double>() ==
          doctest::Approx(std::max(flops / best_flops, bytes / best_bytes) / seconds));
  }
  for (const json& part : profile.at("parts")) sum += part.at("seconds").get<double>();
  CHECK(sum == doctest::Approx(whole));
  // One worker never waits: what is left over is the loop around all that.
  CHECK(profile.at("waiting_seconds").get<double>() > 0);
  double least = profile.at("waiting_seconds").get<double>() / whole;
  for (int again = 1; again < 10 && least >= 0.25; ++again) {  // a busy machine may wait there
    const json other = run_json(experiment, {"train", "experiment.json", "--output",
                                             fmt::format("again{}", again), "--profile", "--json",
                                             "--threads", "1", "--set", "training.epochs=200"})
                           .at("profile");
    least = std::min(least,
                     other.at("waiting_seconds").get<double>() / other.at("seconds").get<double>());
  }
  CHECK(least < 0.25);
}

TEST_CASE("program: a profile changes nothing of a run, and prints a table after its result") {
  const SmallExperiment experiment;
  experiment.train({}, "plain");
  const ProgramResult result =
      experiment.gradus({"train", "experiment.json", "--output", "run", "--profile"});
  REQUIRE(result.exit_code == 0);
  for (const char* file : {"config.json", "model.safetensors", "model.json", "steps.jsonl"}) {
    CAPTURE(file);
    CHECK((read_file(experiment / "run" / file) == read_file(experiment / "plain" / file)));
  }
  const json plain = json::parse(read_file(experiment / "plain" / "result.json"));
  json profiled = json::parse(read_file(experiment / "run" / "result.json"));
  profiled["seconds"] = plain.at("seconds");
  CHECK(profiled == plain);
  CHECK(experiment.entries("run") == experiment.entries("plain") + 2);
  const json noted = json::parse(read_file(experiment / "run" / "profile.json"));
  CHECK(noted.at("steps") == 10);
  CHECK(noted.at("plan").size() > 10);
  CHECK(experiment.gradus({"rank", "run", "--user", "3"}).exit_code == 0);

  const std::string& text = result.standard_output;
  std::size_t at = 0;
  for (const char* part :
       {"run: run (", "\n\nprofile: 10 training steps by ", "FLOP/s of products, ",
        "/s of copies\nmodule ", " ms/step ", " of limit\n", "ratings.0 ", "adagrad ", "\n-  ",
        "fill batch", "\ntrace: run/trace.json, the last 10 of 10 steps\n"}) {
    CAPTURE(part);
    CAPTURE(text);
    at = text.find(part, at);
    REQUIRE(at != std::string::npos);
  }
}

TEST_CASE("program: a trace that cannot be written fails the run, which is then not whole") {
  const SmallExperiment experiment;
  // The program ignores the signal of the limit only if it was started so.
  const ProgramResult result =
      run("bash",
          {"-c",
           "trap '' XFSZ; ulimit -f 16; \"$gradus\" train experiment.json --output run --profile"},
          {.environment = {{"gradus", GRADUS_PROGRAM}}, .working_folder = experiment.path()});
  check_failure(result, 1, {"run/trace.json: cannot be written: File too large"});
  CHECK(fs::exists(experiment / "run" / "model.safetensors"));
  for (const char* file : {"trace.json", "trace.json.part", "result.json"}) {
    CAPTURE(file);
    CHECK_FALSE(fs::exists(experiment / "run" / file));
  }
}

}  // namespace
}  // namespace gradus::tests
