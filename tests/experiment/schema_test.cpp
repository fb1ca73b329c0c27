#include "framework/experiment/schema.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/config.h"
#include "framework/experiment/sweep_plan.h"
#include "models/catalogue.h"
#include "tests/experiment/faults.h"
#include "tests/experiment/schema_validator.h"
#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;
using experiment::Catalogues;
using experiment::Config;
using experiment::ConfigDocument;
using experiment::Json;

const Catalogues& catalogues() {
  static const Catalogues kCatalogues = experiment::with_framework(models());
  return kCatalogues;
}

/// What the program prints.
const std::string& schema() {
  static const std::string kSchema = run_gradus({"schema"}).standard_output;
  return kSchema;
}

/// What the program itself says of a config: its refusal, or "".
std::string refusal(const Json& config) {
  try {
    read_config(ConfigDocument(config, "x.json", "/"), catalogues(), "x");
  } catch (const Error& error) {
    CHECK(error.exit_code() == 2);
    return error.what();
  }
  return "";
}

/// The shipped experiments' files.
std::vector<fs::path> shipped() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(source_folder() / "apps/experiments")) {
    if (entry.path().filename() != "schema.json") out.push_back(entry.path());
  }
  return out;
}

constexpr std::size_t kFaults = 500;
constexpr std::uint64_t kSeed = 20;

TEST_CASE("schema: configs with one fault each are refused by pointer, and by the schema") {
  const std::vector<Fault> faults = draw_faults(catalogues(), kFaults, kSeed);
  REQUIRE(faults.size() == kFaults);
  std::vector<std::string> texts;
  texts.reserve(faults.size());
  for (const Fault& fault : faults) texts.push_back(fault.config.text());
  const std::vector<std::string> found = validate(schema(), texts);
  for (std::size_t i = 0; i < faults.size(); ++i) {
    CAPTURE(faults[i].what);
    CAPTURE(faults[i].pointer);
    CAPTURE(texts[i]);
    CHECK_MESSAGE(refusal(faults[i].config).starts_with("config: " + faults[i].pointer + ": "),
                  refusal(faults[i].config));
    CHECK(found[i] != "valid");
  }
}

TEST_CASE("schema: the program itself ends with 2 and the pointer for broken configs") {
  const SmallExperiment experiment;
  constexpr std::size_t kRuns = 40;
  for (const Fault& fault : draw_faults(catalogues(), kRuns, kSeed + 1)) {
    CAPTURE(fault.what);
    write_file(experiment / "experiment.json", fault.config.text(2));
    check_refused(experiment, experiment.gradus({"validate", "experiment.json"}), 2,
                  {"config: " + fault.pointer + ": ", "(in experiment.json)"});
  }
}

TEST_CASE("schema: what the program takes the schema takes") {
  std::vector<std::string> texts;
  for (const Json& config : whole_configs(catalogues())) {
    CHECK(refusal(config) == "");
    texts.push_back(config.text());
  }
  for (const char* smallest :
       {R"({"data": {"source": "generated"}, "model": {"kind": "ranking"},)"
        R"( "optimizer": {"kind": "sgd"}})",
        R"({"$schema": "s", "data": {"source": "csv", "path": "p"}, "model": {"kind": "dlrm"},)"
        R"( "optimizer": {"kind": "sgd", "momentum": 1}, "task": {}, "seed": 7.0, "training": {}})",
        R"({"data": {"source": "movielens_100k", "path": "", "split": {"train": 3}}, "model":)"
        R"( {"kind": "ranking", "initial_weights": ""}, "optimizer": {"kind": "adam"}})"}) {
    CHECK(refusal(experiment::parse_json(smallest, "x")) == "");
    texts.emplace_back(smallest);
  }
  CHECK(validate(schema(), texts) == std::vector<std::string>(texts.size(), "valid"));
}

TEST_CASE("schema: a config that extends another may lack keys, but each must be known") {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"extends": "a.json"})", "valid"},
      {R"({"extends": "a.json", "$schema": "s", "optimizer": {"learning_rate": 0.1}})", "valid"},
      {R"({"extends": "a.json", "data": {"split": {"seed": 3}, "batch_size": 5}})", "valid"},
      {R"({"extends": "a.json", "optimizer": {"kind": "adam", "beta_1": 0.5}})", "valid"},
      {R"({"extends": "a.json", "data": {"columns": [{"name": "a", "kind": "id"}]}})", "valid"},
      {R"({"extends": "a.json", "task": {"metrics": ["auc", "ndcg@10", "recall"]}})", "valid"},
      {R"({"extends": "a.json", "task": {"metrics": ["ndcg@0"]}})", "/task"},
      {R"({"extends": "a.json", "task": {"metrics": ["auc@3"]}})", "/task"},
      {R"({"extends": "a.json", "optimizer": {"kind": "sgd", "beta_1": 0.5}})", "/optimizer"},
      {R"({"extends": "a.json", "optimizer": {"beta_3": 0.5}})", "/optimizer"},
      {R"({"extends": "a.json", "data": {"columns": [{"name": "a"}]}})", "/data"},
      {R"({"extends": "a.json", "optimiser": {}})", "/"},
      {R"({"extends": ""})", "/extends"},
      {R"({"extends": 3})", "/extends"},
  };
  std::vector<std::string> texts;
  for (const auto& [text, expected] : cases) texts.push_back(text);
  const std::vector<std::string> found = validate(schema(), texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CAPTURE(texts[i]);
    CAPTURE(found[i]);
    const std::string places = " " + found[i] + " ";
    CHECK(places.find(" " + cases[i].second + " ") != std::string::npos);
  }
}

constexpr const char* kExperiment =
    R"({"data": {"source": "generated"}, "model": {"kind": "ranking"}, "optimizer": {"kind": "sgd"}})";

TEST_CASE("schema: of a sweep it takes what the program takes, and nothing else") {
  const char* good[] = {
      R"({})", R"({"over": {"optimizer.learning_rate": [0.1, 1], "model.layers": [[8], []]}})",
      R"({"kind": "list", "settings": [{"optimizer.learning_rate": 1}, {}], "seeds": [1, 2]})",
      R"({"kind": "random", "over": {"optimizer.learning_rate": {"log_uniform": [0.01, 1]},
          "model.layers": [[8], [4]]}, "trials": 3, "seed": 5, "by": "loss", "seeds": 2})",
      R"({"kind": "halving", "over": {"model.embedding_dimension": {"integer": [1, 8]},
          "optimizer.momentum": {"uniform": [0, 0.5]}}, "factor": 3, "trials": 4, "folds": false})"};
  const char* bad[] = {
      R"([])",
      R"({"kind": "gird"})",
      R"({"settings": []})",
      R"({"trials": 3})",
      R"({"overs": {}})",
      R"({"over": []})",
      R"({"over": {"seed": []}})",
      R"({"over": {"optimizer.learning_rate": {"uniform": [0.5, 1]}}})",
      R"({"kind": "list"})",
      R"({"kind": "list", "settings": []})",
      R"({"kind": "list", "settings": [3]})",
      R"({"kind": "random", "factor": 2, "trials": 2})",
      R"({"kind": "random", "trials": 0})",
      R"({"kind": "random", "seed": -1})",
      R"({"kind": "random", "over": {"optimizer.learning_rate": {"uniforn": [0.5, 1]}}})",
      R"({"kind": "random", "over": {"optimizer.learning_rate": {"uniform": [0.5]}}})",
      R"({"kind": "random", "over": {"optimizer.learning_rate": {"log_uniform": [0, 1]}}})",
      R"({"kind": "random", "over": {"model.embedding_dimension": {"integer": [0.5, 2]}}})",
      R"({"kind": "random", "over": {"optimizer.learning_rate": 3}})",
      R"({"kind": "halving", "factor": 1, "trials": 2})",
      R"({"seeds": 0})",
      R"({"seeds": []})",
      R"({"seeds": [1, 1]})",
      R"({"seeds": [-1]})",
      R"({"folds": 1})",
      R"({"by": 3})"};
  const Json base = experiment::parse_json(kExperiment, "x");
  std::vector<std::string> texts;
  const auto judge = [&](const char* text) {
    const Json sweep = experiment::parse_json(text, "sweep");
    Json config = base;
    config["sweep"] = sweep;
    texts.push_back(config.text());
    plan_sweep(sweep, ConfigDocument(base, "x.json", "/"), catalogues(), "x", 1);
  };
  for (const char* text : good) CHECK_NOTHROW_MESSAGE(judge(text), text);
  for (const char* text : bad) CHECK_THROWS_AS_MESSAGE(judge(text), Error, text);
  const std::vector<std::string> found = validate(schema(), texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CAPTURE(texts[i]);
    CHECK((found[i] == "valid") == (i < std::size(good)));
  }
}

TEST_CASE("schema: it accepts the shipped experiments, which name it and are plain JSON") {
  std::vector<std::string> texts;
  for (const fs::path& file : shipped()) {
    CAPTURE(file);
    const Json config = experiment::parse_json(read_file(file), file.string());  // no comments
    REQUIRE(config.find("$schema"));
    CHECK(*config.find("$schema") == Json("schema.json"));
    CHECK_FALSE(config.find("extends"));
    texts.push_back(config.text());
  }
  REQUIRE(texts.size() >= 2);
  CHECK(validate(schema(), texts) == std::vector<std::string>(texts.size(), "valid"));
}

TEST_CASE("schema: the committed one is what the program prints") {
  const ProgramResult result = run_gradus({"schema"});
  CHECK(result.exit_code == 0);
  CHECK(result.standard_error == "");
  // gradus schema > apps/experiments/schema.json
  CHECK((result.standard_output == read_file(source_folder() / "apps/experiments/schema.json")));
}

/// Holds each key to what every key must have.
class Judge final : public OptionVisitor {
 public:
  int keys = 0;

 protected:
  void field(std::string_view name, OptionTarget target, const Allowed& allowed,
             std::string_view help) override {
    const std::string key(name);
    CAPTURE(key);
    ++keys;
    CHECK(help.size() >= 5);
    std::visit([&](auto& value) { judge(key, value, allowed, help); }, target);
  }

 private:
  template <class T>
  static void judge(const std::string& key, const T* value, const Allowed& allowed,
                    std::string_view help) {
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
      // Any whole number is a seed, and any number may tell labels or predictions apart.
      CHECK((allowed.minimum || key == "seed" || key == "relevant_label" || key == "threshold"));
    } else if constexpr (!std::is_arithmetic_v<T>) {
      says_default(value->empty(), allowed, help);
    }
  }

  template <class T>
  static void judge(const std::string& /*key*/, const std::vector<T>* list, const Allowed& allowed,
                    std::string_view help) {
    if (std::is_arithmetic_v<T>) CHECK(allowed.minimum);
    says_default(list->empty(), allowed, help);
  }

  void judge(const std::string& /*key*/, const OptionRecord& record, const Allowed& /*allowed*/,
             std::string_view /*help*/) {
    record.fields(*this);
  }

  void judge(const std::string& /*key*/, const OptionRecords& records, const Allowed& /*allowed*/,
             std::string_view /*help*/) {
    records.resize(1);
    records.fields(0, *this);
  }

  void judge(const std::string& /*key*/, const OptionChoice& choice, const Allowed& allowed,
             std::string_view /*help*/) {
    CHECK((allowed.required || !choice.selected.empty()));
    for (const auto& kind : choice.kinds) {
      CAPTURE(kind.first);
      CHECK(kind.second.size() >= 5);
      choice.select(kind.first);
      choice.fields(*this);
    }
  }

  /// Where a key is not given and its default is nothing, its description says what holds then.
  static void says_default(bool none, const Allowed& allowed, std::string_view help) {
    if (!none || allowed.required) return;
    CHECK((help.find("by default ") != help.npos || help.find("else ") != help.npos));
  }
};

TEST_CASE("schema: every key has a description, a default or is required, and a range") {
  Judge judge;
  Config(catalogues()).fields(judge);
  CHECK(judge.keys > 40);
}

}  // namespace
}  // namespace gradus::tests
