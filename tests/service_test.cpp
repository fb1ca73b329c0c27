#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

/// The service of a small experiment's run, on a port of its own.
class RunningService {
 public:
  explicit RunningService(const SmallExperiment& experiment)
      : program_(GRADUS_SERVICE, {"run", "--port", "0", "--threads", "4"},
                 {.working_folder = experiment.path(), .timeout = std::chrono::minutes(1)}) {
    REQUIRE(program_.wait_until([this] { return program_.standard_error().ends_with('\n'); }));
    const std::string said = program_.standard_error();
    REQUIRE_MESSAGE(said.starts_with("gradus_service: run on http://127.0.0.1:"), said);
    address_ = said.substr(said.find("http"));
    address_.pop_back();
  }

  /// What curl says to a request of these words, and then the status, on a line of its own.
  std::string ask(std::vector<std::string> words, const std::string& path,
                  const std::string& body = "") const {
    words.insert(words.begin(), {"-sS", "-m", "60", "-w", "%{http_code}"});
    words.push_back(address_ + path);
    const ProgramResult result = run("curl", words, {.standard_input = body});
    CHECK_MESSAGE(result.exit_code == 0, result.standard_error);
    return result.standard_output;
  }
  std::string post(const std::string& path, const std::string& body) const {
    return ask({"--data-binary", "@-"}, path, body);
  }
  /// The answer to a good request.
  json answer(const std::string& path, const json& request) const {
    const std::string text = post(path, request.dump());
    REQUIRE_MESSAGE(text.ends_with("\n200"), text);
    return json::parse(text.substr(0, text.size() - 3));
  }

  RunningProgram& program() { return program_; }
  const std::string& address() const { return address_; }

 private:
  RunningProgram program_;
  std::string address_;
};

json parsed(const std::string& text) { return json::parse(text); }

TEST_CASE("service: predicts and ranks as the program does") {
  const SmallExperiment experiment;
  experiment.train();
  RunningService service(experiment);
  CHECK(service.ask({}, "/health") ==
        "{\"status\": \"ok\", \"name\": \"experiment\", \"columns\": [\"user_id\", "
        "\"movie_title\"]}\n200");

  const std::string rows =
      "{\"user_id\": \"3\", \"movie_title\": \"Film 07\"}\n"
      "{\"user_id\": 3, \"movie_title\": \"none such\", \"more\": null}\n";
  const ProgramResult lines = experiment.gradus({"predict", "run"}, rows);
  REQUIRE(lines.exit_code == 0);
  const std::size_t end = lines.standard_output.find('\n');
  const json expected = {parsed(lines.standard_output.substr(0, end)),
                         parsed(lines.standard_output.substr(end + 1))};
  const json request = {{{"user_id", "3"}, {"movie_title", "Film 07"}},
                        {{"user_id", 3}, {"movie_title", "none such"}, {"more", nullptr}}};
  CHECK(service.answer("/predict", request) == expected);
  CHECK(service.answer("/predict", json::array()) == json::array());

  for (const char* user : {"3", "nobody"}) {
    const ProgramResult ranked =
        experiment.gradus({"rank", "run", "--user", user, "--top", "4", "--json"});
    CHECK(service.answer("/rank", {{"user", user}, {"top", 4}}) == parsed(ranked.standard_output));
  }
  CHECK(service.answer("/rank", {{"user", 3}}).at("items").size() == 10);
  const json some =
      service.answer("/rank", {{"user", "3"}, {"items", {"Film 01", "none such"}}}).at("items");
  REQUIRE(some.size() == 2);
  CHECK(some[0].contains("unknown") != some[1].contains("unknown"));

  service.program().signal(SIGTERM);
  const ProgramResult result = service.program().wait();
  CHECK(result.exit_code == 0);
  CHECK(result.standard_output == "");
}

TEST_CASE("service: what is asked wrongly is answered by 400 and the reason, and it goes on") {
  const SmallExperiment experiment;
  experiment.train();
  RunningService service(experiment);
  struct Wrong {
    const char* path;
    std::string body;
    std::string error;
    const char* status = "400";
  };
  const std::vector<Wrong> all = {
      {"/predict", "", "request: empty, expected a JSON value"},
      {"/predict", "[{]", "request:1:3: unexpected ']'; expected string literal (in object key)"},
      {"/predict", std::string(1000, '['), "request: nested more than 100 deep"},
      {"/predict", "{\"user_id\": \"3\"}", "request: must be a list of objects, got an object"},
      {"/predict", "[{\"user_id\": \"3\", \"movie_title\": \"Film 07\"}, {\"user_id\": \"3\"}]",
       "request, row 2: \"movie_title\" is missing in \"{\"user_id\": \"3\"}\""},
      {"/predict", "[7]", "request, row 1: \"user_id\" is missing in \"7\""},
      {"/predict", "[{\"user_id\": 1.5, \"movie_title\": \"Film 07\"}]",
       "request, row 1: \"user_id\" must be a text or a whole number, got 1.5"},
      {"/predict", "[{\"user_id\": \"\xff\"}]",
       "request:1:15: invalid string: ill-formed UTF-8 byte; last read: '\"\uFFFD' (in value)"},
      {"/rank", "[]", "request: \"user\" is missing"},
      {"/rank", "{\"user\": null}", "request: \"user\" must be a text or a whole number, got null"},
      {"/rank", "{\"user\": \"3\", \"top\": 0}",
       "request: \"top\" must be a whole number from 1, got 0"},
      {"/rank", "{\"user\": \"3\", \"items\": []}",
       "request: \"items\" must be a list of texts, got []"},
      {"/rank", "{\"user\": \"3\", \"items\": [\"Film 07\", 7]}",
       "request: \"items\" must be a list of texts, got 7 in it"},
      {"/none", "{}", "POST /none: no such path", "404"},
      {"/predict", std::string((std::size_t{16} << 20) + 1, ' '),
       "POST /predict: the request is too large", "413"},
  };
  for (const Wrong& wrong : all) {
    const std::string text = service.post(wrong.path, wrong.body);
    INFO(text);
    REQUIRE(text.size() > 3);
    CHECK(text.substr(text.size() - 3) == wrong.status);
    CHECK(parsed(text.substr(0, text.size() - 3)) == json{{"error", wrong.error}});
  }
  CHECK(service.ask({}, "/health").ends_with("200"));
}

TEST_CASE("service: several ask at once, and each gets its own answer") {
  const SmallExperiment experiment;
  experiment.train();
  RunningService service(experiment);
  // curl asks for all of them side by side, and leaves each answer in a file.
  constexpr int kUsers = 17;
  std::vector<std::string> words = {"--no-progress-meter", "-Z", "--parallel-immediate"};
  constexpr std::size_t kForAll = 3;
  for (int round = 0; round < 4; ++round) {
    for (int user = 0; user < kUsers; ++user) {
      const std::string file = experiment / fmt::format("answer-{}-{}", round, user);
      if (words.size() > kForAll) words.emplace_back("--next");
      words.insert(words.end(), {"-sS", "-o", file, "-H", "Connection: close", "-d",
                                 fmt::format("{{\"user\": \"{}\"}}", user)});
      words.push_back(service.address() + "/rank");
    }
  }
  const ProgramResult asked = run("curl", words);
  CHECK_MESSAGE(asked.exit_code == 0, asked.standard_error);
  for (int user = 0; user < kUsers; ++user) {
    const json alone = service.answer("/rank", {{"user", std::to_string(user)}});
    for (int round = 0; round < 4; ++round) {
      CHECK(parsed(read_file(experiment / fmt::format("answer-{}-{}", round, user))) == alone);
    }
  }
}

TEST_CASE("service: it does not begin without a run, or with a port that is taken") {
  const SmallExperiment experiment;
  experiment.train();
  const auto start = [&](const std::vector<std::string>& words) {
    return run(GRADUS_SERVICE, words,
               {.working_folder = experiment.path(), .timeout = std::chrono::minutes(1)});
  };
  const ProgramResult none = start({"none"});
  CHECK(none.exit_code == 1);
  CHECK(none.standard_error.starts_with("gradus_service: none: is no run directory"));
  CHECK(start({}).exit_code == 2);
  CHECK(start({"run", "--port", "70000"}).exit_code == 2);
  CHECK(start({"--help"}).exit_code == 0);
  const RunningService service(experiment);
  const std::string port = service.address().substr(service.address().rfind(':') + 1);
  const ProgramResult taken = start({"run", "--port", port});
  CHECK(taken.exit_code == 1);
  CHECK(taken.standard_error ==
        fmt::format("gradus_service: 127.0.0.1:{} cannot be listened on\n", port));
}

}  // namespace
}  // namespace gradus::tests
