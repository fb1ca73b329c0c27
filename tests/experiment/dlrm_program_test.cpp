#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

constexpr const char* kConfig = R"({
  "data": {"source": "csv", "path": "views.csv",
           "columns": [{"name": "age", "kind": "number"}, {"name": "user", "kind": "user"},
                       {"name": "item", "kind": "item"}, {"name": "price", "kind": "number"},
                       {"name": "place", "kind": "id"}, {"name": "clicked", "kind": "label"}],
           "split": {"kind": "random", "train": 0.8, "test": 0.2}, "batch_size": 32},
  "model": {"kind": "dlrm", "embedding_dimension": 4, "bottom": [8], "top": [8]},
  "task": {"kind": "ranking", "loss": "binary_cross_entropy"},
  "optimizer": {"kind": "adagrad", "learning_rate": 0.1},
  "training": {"epochs": 40}
})";

/// 1,100 rows, clicked where user and item are both even or both odd, and the price is not high.
std::string views(int rows = 1100) {
  std::string out = "user,item,age,price,place,clicked\n";
  for (int i = 0; i < rows; ++i) {
    const int user = i % 10;
    const int item = i * 7 % 11;
    const double price = i * 13 % 40 / 20.0 - 1;
    out += fmt::format("u{},i{},{},{},p{},{}\n", user, item, i % 50 / 50.0, price, i % 3,
                       user % 2 == item % 2 && price < 0.5 ? 1 : 0);
  }
  return out;
}

/// A folder with an experiment of a DLRM on `views`.
class Views {
 public:
  Views() {
    write_file(experiment / "views.csv", views());
    write_file(experiment / "experiment.json", kConfig);
  }

  /// The names of the model's parameters with that setting.
  std::vector<std::string> parameters(const std::string& setting) const {
    const ProgramResult described =
        experiment.gradus({"describe", "experiment.json", "--set", setting, "--json"});
    const json description = json::parse(described.standard_output);
    std::vector<std::string> out;
    for (const json& parameter : description.at("parameters")) {
      out.push_back(parameter.at("name"));
    }
    return out;
  }

  SmallExperiment experiment;
};

/// The predictions in JSON lines.
std::vector<double> predictions(const std::string& lines) {
  std::istringstream in(lines);
  std::vector<double> out;
  for (std::string line; std::getline(in, line);) {
    out.push_back(json::parse(line).at("prediction"));
  }
  return out;
}

}  // namespace

TEST_CASE("program: dlrm learns clicks from ids and numbers, and is evaluated") {
  const Views v;
  v.experiment.train();
  const json result = json::parse(read_file(v.experiment / "run" / "result.json"));
  const double loss = result.at("test").at("log_loss");
  CHECK(loss < 0.5 * result.at("baselines").at("constant_mean").at("log_loss").get<double>());
  CHECK(result.at("test").at("accuracy") > 0.8);

  const ProgramResult evaluated = v.experiment.gradus({"evaluate", "run", "--json"});
  REQUIRE(evaluated.exit_code == 0);
  CHECK(json::parse(evaluated.standard_output).at("test").at("log_loss") == loss);
  const ProgramResult other =
      v.experiment.gradus({"evaluate", "run", "--data", "views.csv", "--json"});
  REQUIRE(other.exit_code == 0);
  CHECK(json::parse(other.standard_output).at("test").at("log_loss") < 0.3);
}

TEST_CASE("program: dlrm predicts the same from JSON lines and from a CSV file, and ranks") {
  const Views v;
  v.experiment.train();
  write_file(v.experiment / "new.csv",
             "age,price,user,item,place\n0.5,-0.25,u1,i3,p2\n0,0.9,u1,i3,p0\n1e-1,0,new,i0,p1\n");
  const ProgramResult of_file =
      v.experiment.gradus({"predict", "run", "--input", "new.csv", "--json"});
  const ProgramResult of_lines = v.experiment.gradus(
      {"predict", "run"}, R"({"age": 0.5, "price": -0.25, "user": "u1", "item": "i3", "place": "p2"}
{"age": 0, "price": 0.9, "user": "u1", "item": "i3", "place": "p0"}
{"age": 0.1, "price": 0, "user": "new", "item": "i0", "place": "p1"})");
  REQUIRE(of_file.exit_code == 0);
  REQUIRE(of_lines.exit_code == 0);
  CHECK(of_file.standard_output == of_lines.standard_output);
  CHECK(of_lines.standard_error == "1 of 3 rows hold ids that the model has never seen\n");
  const auto probabilities = predictions(of_lines.standard_output);
  REQUIRE(probabilities.size() == 3);
  CHECK(probabilities[0] > 0.7);
  CHECK(probabilities[1] < 0.3);
  const ProgramResult table = v.experiment.gradus({"predict", "run", "--input", "new.csv"});
  CHECK(table.standard_output.starts_with(
      "user,item,place,age,price,prediction,unknown\nu1,i3,p2,0.5,-0.25,0."));

  const ProgramResult ranked = v.experiment.gradus({"rank", "run", "--user", "u1", "--json"});
  REQUIRE(ranked.exit_code == 0);
  const json list = json::parse(ranked.standard_output);
  CHECK(list.at("unknown") == json({"place"}));
  CHECK(list.at("items").size() == 10);
  CHECK(ranked.standard_error ==
        "place is unknown to the model\nage is not known, 0 is taken\n"
        "price is not known, 0 is taken\n");
  for (int i = 0; i < 5; ++i) {
    const std::string item = list.at("items").at(static_cast<std::size_t>(i)).at("item");
    CAPTURE(item);
    CHECK(std::string("i1 i3 i5 i7 i9").find(item) != std::string::npos);
  }
}

TEST_CASE("program: the experiment of dlrm on MovieLens beats the constant mean in three epochs") {
  const auto folder = movielens();
  if (!folder) return;
  const SmallExperiment experiment;
  const ProgramResult trained = experiment.gradus(
      {"train", (source_folder() / "apps/experiments/dlrm_movielens.json").string(), "--output",
       "run", "--set", "data.path=\"" + folder->string() + "\""});
  INFO(trained.standard_error);
  REQUIRE(trained.exit_code == 0);
  const json result = json::parse(read_file(experiment / "run" / "result.json"));
  const auto error = [](const json& of) { return of.at("root_mean_squared_error").get<double>(); };
  CHECK(error(result.at("test")) < error(result.at("baselines").at("constant_mean")) - 0.01);
}

TEST_CASE("program: dlrm reads the features that it is told to, and refuses others") {
  const Views v;
  CHECK(v.parameters("model.features=[\"item\",\"price\"]") ==
        std::vector<std::string>{"item_embedding.weight", "bottom.0.weight", "bottom.0.bias",
                                 "bottom.1.weight", "bottom.1.bias", "top.0.weight", "top.0.bias",
                                 "top.1.weight", "top.1.bias"});
  CHECK(v.parameters("model.features=[\"item\",\"place\"]") ==
        std::vector<std::string>{"item_embedding.weight", "place_embedding.weight", "top.0.weight",
                                 "top.0.bias", "top.1.weight", "top.1.bias"});
  const auto refused = [&](const std::string& features, const std::string& text) {
    check_failure(v.experiment.try_train({"model.features=" + features}), 2,
                  {"config: /model/features: " + text});
  };
  refused(R"(["user","prize"])",
          "no id or number column \"prize\", nearest is \"price\"; the columns: user, item, place, "
          "age, price");
  refused(R"(["user","clicked"])", "no id or number column \"clicked\"");
  refused(R"(["age","user","age"])", "'age' is named 2 times");
  refused(R"(["age","price"])",
          "products of pairs need two vectors at least, one of each id column and one of all "
          "numbers; 0 id and 2 number columns give 1");
  refused(R"(["place"])", "products of pairs need two vectors at least");
  check_failure(v.experiment.try_train({"model.layers=[8]"}), 2, {"/model/layers: unknown key"});
}

TEST_CASE("program: dlrm refuses rows whose numbers are missing or are none") {
  const Views v;
  v.experiment.train({"training.epochs=1"});
  const std::string header = "user,item,age,price,place,clicked\n";
  write_file(v.experiment / "new.csv", header + "u1,i1,0.5,1,p1,1\nu1,i1,,1,p1,1\n");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"predict", "run", "--input", "new.csv"},
        {"evaluate", "run", "--data", "new.csv"}}) {
    check_failure(v.experiment.gradus(command), 1, {"new.csv:3: age: \"\" is not a finite number"});
  }
  write_file(v.experiment / "new.csv", header + "u1,i1,0.5,cheap,p1,1\n");
  check_failure(v.experiment.gradus({"predict", "run", "--input", "new.csv"}), 1,
                {"new.csv:2: price: \"cheap\" is not a finite number"});
  write_file(v.experiment / "new.csv", "user,item,age,place\nu1,i1,0.5,p1\n");
  check_failure(v.experiment.gradus({"predict", "run", "--input", "new.csv"}), 1,
                {"new.csv:1: no column \"price\""});
  const std::string row = R"({"user": "u1", "item": "i1", "place": "p1", "age": 0)";
  check_failure(v.experiment.gradus({"predict", "run"}, row + "}"), 1,
                {"standard input, line 1: \"price\" is missing in "});
  check_failure(v.experiment.gradus({"predict", "run"}, row + R"(, "price": "1"})"), 1,
                {"line 1: \"price\" must be a number that is finite as float32, got \"1\""});

  write_file(v.experiment / "views.csv", views(20) + "u1,i1,young,1,p1,1\n");
  const ProgramResult trained =
      v.experiment.gradus({"train", "experiment.json", "--output", "other"});
  check_failure(trained, 1, {"views.csv:22: age: \"young\" is not a finite number"});
}

}  // namespace gradus::tests
