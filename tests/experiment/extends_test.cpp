#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/config.h"
#include "models/catalogue.h"
#include "tests/support.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;
using tests::TemporaryFolder;
using tests::write_file;

const Catalogues& catalogues() {
  static const Catalogues kCatalogues = with_framework(models());
  return kCatalogues;
}

constexpr const char* kBase = R"({
  // What all of these share.
  "$schema": "schema.json",
  "data": {
    "source": "csv", /* one of ours */ "path": "ratings.csv",
    "columns": [{"name": "u", "kind": "user"}, {"name": "i", "kind": "item"}],
    "split": {"train": 0.5}, "batch_size": 100
  },
  "model": {"kind": "ranking", "layers": [8, 4], "embedding_dimension": 5},
  "optimizer": {"kind": "adagrad", "learning_rate": 0.5, "initial_accumulator_value": 0.2}
})";

/// A folder with `shared/base.json` and configs that extend it.
class Configs {
 public:
  Configs() { write("shared/base.json", kBase); }
  void write(const std::string& name, const std::string& text) const {
    write_file(folder_ / name, text);
  }
  std::string path(const std::string& name) const { return folder_ / name; }

  Json resolved(const std::string& name, const std::vector<std::string>& settings = {}) const {
    return write_config(load_config(folder_ / name, settings, catalogues()));
  }
  /// What is refused, with paths from the folder.
  std::string refusal(const std::string& name,
                      const std::vector<std::string>& settings = {}) const {
    try {
      resolved(name, settings);
    } catch (const Error& error) {
      CHECK(error.exit_code() == 2);
      std::string text = error.what();
      const std::string folder = folder_.path().string() + "/";
      for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
        text.erase(at, folder.size());
      }
      return text;
    }
    return "no error";
  }

 private:
  TemporaryFolder folder_;
};

TEST_CASE("extends: objects are merged key by key, everything else is replaced") {
  const Configs configs;
  configs.write("a.json", R"({"extends": "shared/base.json", "seed": 4, "data": {"batch_size": 7,
      "columns": [{"name": "x", "kind": "user"}]}, "model": {"layers": [3]}})");
  const Json config = configs.resolved("a.json");
  CHECK(*config.find("name") == Json("a"));
  CHECK(*config.find("seed") == Json(4));
  const Json& data = *config.find("data");
  CHECK(*data.find("source") == Json("csv"));
  CHECK(*data.find("batch_size") == Json(7));
  CHECK(*data.find("split")->find("train") == Json(0.5));
  CHECK(data.find("columns")->text() == R"([{"name": "x", "kind": "user"}])");
  CHECK(config.find("model")->find("layers")->text() == "[3]");
  CHECK(*config.find("model")->find("embedding_dimension") == Json(5));
  CHECK(*config.find("optimizer")->find("learning_rate") == Json(0.5));
}

TEST_CASE("extends: each path starts from the folder of the file that names it") {
  const Configs configs;
  configs.write("b/c/a.json", R"({"extends": "../../shared/base.json",
      "model": {"initial_weights": "w"}})");
  const Json config = configs.resolved("b/c/a.json");
  CHECK(*config.find("data")->find("path") == Json(configs.path("shared/ratings.csv")));
  CHECK(*config.find("model")->find("initial_weights") == Json(configs.path("b/c/w")));
  configs.write("b/c/d.json", R"({"extends": ")" + configs.path("shared/base.json") +
                                  R"(", "data": {"path": "mine.csv"}})");
  CHECK(*configs.resolved("b/c/d.json").find("data")->find("path") ==
        Json(configs.path("b/c/mine.csv")));
}

TEST_CASE("extends: a chain, nearest last, and --set on top of it") {
  const Configs configs;
  configs.write("a.json", R"({"extends": "b.json", "seed": 1})");
  configs.write("b.json", R"({"extends": "shared/c.json", "seed": 2, "training": {"epochs": 2}})");
  configs.write("shared/c.json",
                R"({"extends": "base.json", "seed": 3, "training": {"epochs": 3}, "name": "c"})");
  const Json config = configs.resolved("a.json", {"/optimizer/learning_rate=0.25"});
  CHECK(*config.find("seed") == Json(1));
  CHECK(*config.find("training")->find("epochs") == Json(2));
  CHECK(*config.find("name") == Json("c"));
  CHECK(*config.find("optimizer")->find("learning_rate") == Json(0.25));
}

TEST_CASE("extends: another kind drops the keys of the former one, and only those") {
  const Configs configs;
  configs.write("adam.json", R"({"extends": "shared/base.json", "optimizer": {"kind": "adam"},
      "data": {"source": "generated"}, "model": {"kind": "dlrm", "embedding_dimension": 6}})");
  const Json adam = configs.resolved("adam.json");
  CHECK(*adam.find("optimizer")->find("learning_rate") == Json(0.001));  // Adam's default
  CHECK(adam.find("optimizer")->find("initial_accumulator_value") == nullptr);
  CHECK(adam.find("data")->find("path") == nullptr);
  CHECK(*adam.find("data")->find("batch_size") == Json(100));  // no source's own
  CHECK(adam.find("model")->find("layers") == nullptr);
  CHECK(*adam.find("model")->find("embedding_dimension") == Json(6));  // given with the new kind

  configs.write("same.json",
                R"({"extends": "shared/base.json", "optimizer": {"kind": "adagrad"}})");
  CHECK(*configs.resolved("same.json").find("optimizer")->find("learning_rate") == Json(0.5));

  // "random" is the split's default kind.
  configs.write("rows.json", R"({"extends": "shared/base.json",
      "data": {"split": {"kind": "rows", "train": "a", "test": "b"}}})");
  const Json rows = configs.resolved("rows.json");
  CHECK(*rows.find("data")->find("split")->find("train") == Json(configs.path("a")));
  configs.write("random.json", R"({"extends": "shared/base.json",
      "data": {"split": {"kind": "random"}}})");
  CHECK(*configs.resolved("random.json").find("data")->find("split")->find("train") == Json(0.5));
  configs.write("unfinished.json", R"({"extends": "shared/base.json",
      "data": {"split": {"kind": "rows", "test": "b"}}})");
  CHECK(configs.refusal("unfinished.json") ==
        "config: /data/split/train: is missing, must be a text (in unfinished.json)");

  // There and back again: what was dropped stays dropped, what was given since is kept.
  configs.write("back.json", R"({"extends": "adam.json", "optimizer": {"kind": "adagrad"}})");
  CHECK(*configs.resolved("back.json").find("optimizer")->find("learning_rate") == Json(0.001));
  CHECK(*configs.resolved("back.json").find("optimizer")->find("initial_accumulator_value") ==
        Json(0.1));
  CHECK(*configs.resolved("back.json", {"optimizer.initial_accumulator_value=0.7"})
             .find("optimizer")
             ->find("initial_accumulator_value") == Json(0.7));
}

TEST_CASE("extends: a fault is named with the file that it is in") {
  const Configs configs;
  configs.write("a.json", R"({"extends": "shared/base.json", "optimizer": {"kind": "adam"}})");
  const std::pair<std::string, std::string> bases[] = {
      {R"({"seed": -1})", "config: /seed: must be a whole number, 0 or more, got -1 (in b.json)"},
      {R"({"extends": "shared/base.json", "optimizer": {"kind": "sgd", "momentums": 1}})",
       "config: /optimizer/momentums: unknown key; did you mean \"momentum\"? Known here: kind, "
       "learning_rate, weight_decay, momentum, nesterov, clip_value, clip_norm, global_clip_norm, "
       "schedule, groups (in b.json)"},
      {R"([1])", "config: /: must be an object, got a list (in b.json)"},
      {"{\n  \"seed\": 1,,\n}",
       "b.json:2:13: unexpected ','; expected string literal (in object "
       "key)"},
      {R"({"seed": 1, "seed": 2})", "b.json: /seed: this key is given twice"},
      {R"({"extends": 3})",
       "config: /extends: must be the path of another config, got 3 (in b.json)"},
      {R"({"extends": ""})",
       "config: /extends: must be the path of another config, got \"\" (in b.json)"},
      {R"({"extends": "c\u0000.json"})",
       "config: /extends: must be the path of another config, got \"c\\u0000.json\" (in b.json)"},
      {R"({"extends": "c.json"})",
       "config: /extends: c.json: cannot be read: No such file or directory (a.json extends b.json "
       "extends c.json)"},
      {R"({"extends": "./b.json"})",
       "config: /extends: leads back to b.json: a.json extends b.json extends b.json (in b.json)"},
      {R"({"extends": "x/../a.json"})",
       "config: /extends: leads back to a.json: a.json extends b.json extends a.json (in b.json)"},
  };
  configs.write("a.json", R"({"extends": "b.json"})");
  for (const auto& base : bases) {
    CAPTURE(base.first);
    configs.write("b.json", base.first);
    CHECK(configs.refusal("a.json") == base.second);
  }
  configs.write("b.json", R"({"extends": "shared/base.json"})");
  configs.write("a.json", R"({"extends": "b.json", "model": {"layer": 3}})");
  CHECK(configs.refusal("a.json").ends_with("(in a.json)"));
  configs.write("a.json", R"({"extends": "b.json", "model": {"kind": "dlrm", "layers": [3]}})");
  CHECK(configs.refusal("a.json").starts_with("config: /model/layers: unknown key"));
  CHECK(configs.refusal("a.json").ends_with("(in a.json)"));
  CHECK(configs.refusal("b.json", {"extends=a.json"}) ==
        "config: key extends: only a file can extend another (from --set extends=a.json)");
}

TEST_CASE("extends: a misspelt key of the former kind is not dropped") {
  const Configs configs;
  configs.write("b.json", R"({"extends": "shared/base.json", "optimizer": {"epsilom": 1}})");
  configs.write("a.json", R"({"extends": "b.json", "optimizer": {"kind": "sgd"}})");
  CHECK(configs.refusal("a.json").starts_with("config: /optimizer/epsilom: unknown key"));
  CHECK(configs.refusal("a.json").ends_with("(in b.json)"));
}

TEST_CASE("extends: what is resolved needs neither file, and is the same again") {
  const Configs configs;
  configs.write("a.json", R"({"extends": "shared/base.json", "optimizer": {"kind": "adam"}})");
  const Json config = configs.resolved("a.json", {"model.layers.1=9"});
  CHECK(config.find("extends") == nullptr);
  const TemporaryFolder elsewhere;
  write_file(elsewhere / "config.json", config.text(2));
  CHECK(write_config(load_config(elsewhere / "config.json", {}, catalogues())) == config);
}

}  // namespace
}  // namespace gradus::experiment
