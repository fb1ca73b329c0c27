#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/checkpoint.h"
#include "framework/experiment/config.h"
#include "framework/experiment/progress.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/safetensors.h"
#include "framework/experiment/training.h"
#include "framework/nn/batch_norm.h"
#include "framework/nn/mlp.h"
#include "framework/nn/model.h"
#include "framework/ops/concat.h"
#include "framework/ops/reshape.h"
#include "framework/train/predictor.h"
#include "tests/support.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

/// Two numbers, normalised, through dense layers.
class Normalized : public Model {
 public:
  struct Options {
    template <class Visitor>
    void fields(Visitor&) {}
  };
  Normalized(const Options&, const Vocabularies&)
      : norm_(child<BatchNorm>("norm", 2, 0.9)),
        layers_(child<Mlp>("layers", 2, std::vector<int>{4}, 1)) {}

  Value forward(const Features& x) const override {
    const Value numbers = concat({reshape(x["a"], {kBatch, 1}), reshape(x["b"], {kBatch, 1})}, 1);
    return layers_(norm_(numbers, x.training()));
  }

 private:
  const BatchNorm& norm_;
  const Mlp& layers_;
};

constexpr const char* kConfig = R"({
  "data": {"source": "csv", "path": "rows.csv", "batch_size": 40,
           "columns": [{"name": "a", "kind": "number"}, {"name": "b", "kind": "number"},
                       {"name": "y", "kind": "label"}],
           "split": {"kind": "random", "train": 150, "test": 50}},
  "model": {"kind": "normalized"},
  "optimizer": {"kind": "adam"},
  "training": {"epochs": 3, "checkpoint": {"every_steps": 5, "keep": 10}}
})";

/// A folder in which such a model is trained.
class Folder {
 public:
  Folder() {
    std::string rows = "a,b,y\n";
    for (int i = 0; i < 200; ++i) {
      rows += fmt::format("{},{},{}\n", 5 + i % 13, 0.1 * (i % 7), i % 5);
    }
    tests::write_file(folder_ / "rows.csv", rows);
    tests::write_file(folder_ / "experiment.json", kConfig);
  }

  Prepared prepared(const std::vector<std::string>& settings = {}) const {
    return prepare(load_config(folder_ / "experiment.json", settings, catalogues_));
  }
  /// Trains, or goes on where there is a checkpoint; the model that was saved.
  NamedTensors train(const std::string& run, const std::vector<std::string>& settings = {}) const {
    const fs::path path = folder_ / run;
    fs::create_directories(path);
    Progress progress(progress_style(true));
    const Prepared parts = prepared(settings);
    experiment::train(parts, path, progress, false,
                      latest_checkpoint(path, [](std::string_view) {}));
    return read_safetensors(path / kModelTensors);
  }
  fs::path operator/(const std::string& name) const { return folder_ / name; }

 private:
  Catalogues catalogues_ =
      with_framework({kind<ModelSignature, Normalized>("normalized", "numbers, normalised")});
  tests::TemporaryFolder folder_;
};

std::vector<float> elements(const NamedTensors& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  REQUIRE(found != tensors.end());
  const auto floats = found->second.floats();
  return {floats.begin(), floats.end()};
}

}  // namespace

TEST_CASE("BatchNorm in a run: its statistics are saved, and a resumed run ends with the same") {
  const Folder folder;
  const NamedTensors whole = folder.train("run");
  CHECK(elements(whole, "norm.moving_mean")[0] > 4.0F);
  CHECK(elements(whole, "norm.moving_variance")[0] > 4.0F);
  CHECK(elements(whole, "norm.moving_variance")[1] < 1.0F);
  const std::string model = tests::read_file(folder / "run" / kModelTensors);
  const fs::path fifth = folder / "run" / kCheckpoints / "step-000000005.safetensors";
  REQUIRE(fs::exists(fifth));
  for (const auto& entry : fs::directory_iterator(fifth.parent_path())) {
    if (entry.path() != fifth) fs::remove(entry.path());
  }
  folder.train("run");
  CHECK((tests::read_file(folder / "run" / kModelTensors) == model));
}

TEST_CASE("BatchNorm in a run: nothing but the rows moves its statistics") {
  const Folder folder;
  const NamedTensors plain = folder.train("plain");
  const std::vector<std::string> settings = {
      R"(optimizer={"kind": "adamw", "learning_rate": 0.5, "weight_decay": 0.1, "clip_norm": 0.01})",
      R"(optimizer={"kind": "sgd", "learning_rate": 0.5, "global_clip_norm": 0.01})",
      R"(optimizer={"kind": "lamb", "weight_decay": 0.1})",
      R"(model.regularization=[{"parameters": "*", "l1": 0.1, "l2": 0.1}])",
      R"(training.averaging={"kind": "exponential", "momentum": 0.9})",
      R"(training.averaging={"kind": "polyak"})",
  };
  for (std::size_t k = 0; k < settings.size(); ++k) {
    CAPTURE(settings[k]);
    const NamedTensors other = folder.train("run-" + std::to_string(k), {settings[k]});
    CHECK(elements(other, "norm.scale") != elements(plain, "norm.scale"));
    for (const char* name : {"norm.moving_mean", "norm.moving_variance"}) {
      CHECK(elements(other, name) == elements(plain, name));
    }
  }
  CHECK_THROWS_WITH_AS(
      folder.prepared({R"(model.regularization=[{"parameters": "norm.moving_mean", "l2": 0.1}])"}),
      "config: /model/regularization/0/parameters: \"norm.moving_mean\" is no parameter that is "
      "trained; "
      "there are: norm.scale, norm.shift, layers.0.weight, layers.0.bias, layers.1.weight, "
      "layers.1.bias",
      Error);
}

TEST_CASE("BatchNorm in a run: predictions of a row depend on no other row") {
  const Folder folder;
  const NamedTensors trained = folder.train("run");
  const Prepared parts =
      folder.prepared({"model.initial_weights=" + (folder / "run" / kModelTensors).string()});
  const Predictor predictor(*parts.model.model, *parts.model.task, parts.model.columns);
  const std::vector<float> a = {5, 8, 40};
  const std::vector<float> b = {0.2F, 0, -3};
  std::vector<float> together(3);
  predictor.predict(std::vector<ColumnValues>{a, b}, together);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::vector<float> alone(1);
    predictor.predict(
        std::vector<ColumnValues>{std::span(a).subspan(i, 1), std::span(b).subspan(i, 1)}, alone);
    CHECK(alone[0] == doctest::Approx(together[i]).epsilon(1e-6));
  }
  CHECK(std::abs(together[0] - together[1]) > 1e-4F);
}

}  // namespace gradus::experiment
