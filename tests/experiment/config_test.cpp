#include "framework/experiment/config.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/data/source.h"
#include "framework/data/split.h"
#include "framework/train/task.h"

namespace gradus::experiment {
namespace {

/// A kind that has options and makes nothing.
template <class Signature, class Options>
Kind<Signature> options_only(const std::string& name) {
  return {name, "help", [] {
            auto options = std::make_shared<Options>();
            return Component<Signature>([options](OptionVisitor& v) { options->fields(v); },
                                        [](const auto&...) { return nullptr; });
          }};
}

struct None {
  template <class Visitor>
  void fields(Visitor& /*v*/) {}
};

struct Folder {
  std::string folder;
  template <class Visitor>
  void fields(Visitor& v) {
    v("path", folder, path(), "the folder");
  }
};

struct Layers {
  std::vector<int> layers = {256, 64};
  template <class Visitor>
  void fields(Visitor& v) {
    v("layers", layers, each(range(1, 65536)), "widths");
  }
};

struct Rate {
  double learning_rate = 0.1;
  template <class Visitor>
  void fields(Visitor& v) {
    v("learning_rate", learning_rate, above(0), "step size");
  }
};

struct Parts {
  double train = 0.8;
  template <class Visitor>
  void fields(Visitor& v) {
    v("train", train, above(0), "rows");
  }
};

Catalogues catalogues() {
  return {
      .models = {options_only<ModelSignature, Layers>("ranking")},
      .tasks = {options_only<std::unique_ptr<Task>(), None>("ranking")},
      .optimizers = {options_only<std::unique_ptr<Optimizer>(), Rate>("adagrad"),
                     options_only<std::unique_ptr<Optimizer>(), Rate>("sgd")},
      .sources = {options_only<std::unique_ptr<DataSource>(), Folder>("movielens_100k")},
      .splitters = {options_only<std::unique_ptr<Splitter>(), Parts>("random"),
                    options_only<std::unique_ptr<Splitter>(), None>("rows")},
  };
}

constexpr std::string_view kSmallest =
    R"({"data": {"source": "movielens_100k"}, "model": {"kind": "ranking"},)"
    R"( "optimizer": {"kind": "sgd"}})";

Config read(std::string_view text, const std::vector<std::string>& settings = {}) {
  ConfigDocument document = ConfigDocument::parse(text, "x.json", "/experiments");
  for (const std::string& setting : settings) document.set(setting);
  return read_config(document, catalogues(), "x");
}

std::string refusal(std::string_view text, const std::vector<std::string>& settings = {}) {
  try {
    read(text, settings);
  } catch (const Error& error) {
    CHECK(error.exit_code() == 2);
    return error.what();
  }
  return "no error";
}

TEST_CASE("the smallest config gets all defaults") {
  CHECK(write_config(read(kSmallest)).text() ==
        R"({"name": "x", "seed": 0, "data": {"source": "movielens_100k", "path": "", )"
        R"("split": {"kind": "random", "train": 0.8}, "batch_size": 8192, )"
        R"("evaluation_batch_size": 4096, "shuffle": "every_epoch", "vocabulary": "all"}, )"
        R"("model": {"kind": "ranking", "layers": [256, 64], "initial_weights": "", )"
        R"("regularization": []}, "task": {"kind": "ranking"}, )"
        R"("optimizer": {"kind": "sgd", "learning_rate": 0.1, "clip_value": 0, "clip_norm": 0, )"
        R"("global_clip_norm": 0, "schedule": {"kind": "constant", "warm_up_steps": 0}, )"
        R"("groups": []}, )"
        R"("training": {"epochs": 1, "math_mode": "float32", "checkpoint": {"every_epochs": 0, )"
        R"("every_steps": 0, )"
        R"("every_minutes": 10, "keep": 2}, "early_stopping": {"patience": 0, "metric": "loss", )"
        R"("minimum_improvement": 0}, "reduce_on_plateau": {"patience": 0, "metric": "loss", )"
        R"("factor": 0.1, "minimum_improvement": 0.0001, "cooldown": 0, "minimum_factor": 0}, )"
        R"("averaging": {"kind": "none"}, "logs": {"tensorboard": false, "csv": false}}})");
}

TEST_CASE("a resolved config gives the same experiment from anywhere") {
  const Config config =
      read(kSmallest, {"data.path=ml", "model.initial_weights=w", "name=a b", "seed=3"});
  const Json resolved = write_config(config);
  CHECK(*resolved.find("data")->find("path") ==
        Json((std::filesystem::current_path() / "ml").string()));
  const auto elsewhere = ConfigDocument::parse(resolved.text(2), "config.json", "/elsewhere");
  CHECK(write_config(read_config(elsewhere, catalogues(), "other")) == resolved);
}

TEST_CASE("a source's own keys stand in data") {
  const Config config = read(
      R"({"data": {"path": "../ml", "shuffle": "once", "source": "movielens_100k", "batch_size": 1},
          "model": {"kind": "ranking"}, "optimizer": {"kind": "sgd"}, "$schema": "s"})");
  CHECK(*write_config(config).find("data")->find("path") == Json("/ml"));
  CHECK(config.data.batch_size == 1);
  CHECK(config.data.shuffle == "once");
}

TEST_CASE("an experiment's faults are refused by pointer") {
  const std::pair<std::string, std::string> cases[] = {
      {"optimizer.learning_rate=0",
       "config: /optimizer/learning_rate: must be a number above 0, got 0 (from --set "
       "optimizer.learning_rate=0)"},
      {"optimizer.kind=adagard",
       "config: /optimizer/kind: must be one of: adagrad, sgd, got \"adagard\"; did you mean "
       "\"adagrad\"? (from --set optimizer.kind=adagard)"},
      {"optimiser.kind=sgd",
       "config: /optimiser: unknown key; did you mean \"optimizer\"? Known here: name, seed, data, "
       "model, task, optimizer, training, sweep, extends, $schema (from --set optimiser.kind=sgd)"},
      {"data.batch_size=-1",
       "config: /data/batch_size: must be a whole number from 1 to 1073741824, got -1 (from --set "
       "data.batch_size=-1)"},
      {"data.shufle=once",
       "config: /data/shufle: unknown key; did you mean \"shuffle\"? Known here: source, path, "
       "split, batch_size, evaluation_batch_size, shuffle, vocabulary (from --set "
       "data.shufle=once)"},
      {"training.epochs=0",
       "config: /training/epochs: must be a whole number from 1 to 1000000, got 0 (from --set "
       "training.epochs=0)"},
      {"seed=0.5",
       "config: /seed: must be a whole number, 0 or more, got 0.5 (from --set seed=0.5)"},
      {"name=a/b",
       "config: /name: must be the name of a folder (no \"/\", no \".\" in front, 1 to 200 bytes), "
       "got \"a/b\" (from --set name=a/b)"},
      {"name=",
       "config: /name: must be the name of a folder (no \"/\", no \".\" in front, 1 to 200 bytes), "
       "got \"\" (from --set name=)"},
  };
  for (const auto& one : cases) {
    const auto& [setting, expected] = one;
    CAPTURE(one.first);
    CHECK(refusal(kSmallest, {setting}) == expected);
  }
  CHECK(refusal("{}") ==
        "config: /data/source: is missing, must be one of: movielens_100k (in x.json)");
  CHECK(refusal(R"({"data": {"source": "movielens_100k"}, "model": {"kind": "ranking"}})") ==
        "config: /optimizer/kind: is missing, must be one of: adagrad, sgd (in x.json)");
}

}  // namespace
}  // namespace gradus::experiment
