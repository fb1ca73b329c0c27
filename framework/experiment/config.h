#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/component.h"
#include "framework/core/error.h"
#include "framework/core/options.h"
#include "framework/experiment/catalogues.h"
#include "framework/experiment/document.h"
#include "framework/experiment/json.h"
#include "framework/experiment/optimizer_config.h"
#include "framework/train/averaging.h"

namespace gradus::experiment {

/// The key of a config that makes it a sweep.
inline constexpr std::string_view kSweepKey = "sweep";

/// An object of nothing but `kind` and that component's options.
template <class Signature>
struct KindConfig {
  Choice<Signature> kind;
  std::string_view help;

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind, required(anything()), help);
  }
};

/// The experiment's `data`: which rows, and how they are divided and fed.
struct DataConfig {
  Choice<std::unique_ptr<DataSource>()> source;
  KindConfig<std::unique_ptr<Splitter>()> split;
  int batch_size = 8192;
  int evaluation_batch_size = 4096;
  std::string shuffle = "every_epoch";
  std::string vocabulary = "all";

  template <class Visitor>
  void fields(Visitor& v) {
    v("source", source, required(anything()), "where the rows come from; its keys stand here");
    v("split", split, anything(), "which rows are for training, and which for the test");
    v("batch_size", batch_size, range(1, 1 << 30), "rows in a training step");
    v("evaluation_batch_size", evaluation_batch_size, range(1, 1 << 30),
      "rows computed together in an evaluation");
    v("shuffle", shuffle, one_of({"none", "once", "every_epoch"}),
      "when the order of the training rows is drawn; the rows of a batch then come by user, where "
      "there is one");
    v("vocabulary", vocabulary, one_of({"all", "train"}),
      "which rows' strings are known to the model");
  }
};

/// A regularisation of some parameters.
struct RegularizationConfig {
  std::string parameters;
  double l1 = 0;
  double l2 = 0;

  template <class Visitor>
  void fields(Visitor& v) {
    v("parameters", parameters, required(anything()),
      "their names, such as \"*_embedding.weight\": * for any characters, ? for any one");
    v("l1", l1, at_least(0), "adds this times the sum of their sizes to the loss");
    v("l2", l2, at_least(0), "adds this times the sum of their squares to the loss");
  }
};

/// The experiment's `model`.
struct ModelConfig {
  Choice<ModelSignature> kind;
  std::string initial_weights;
  std::vector<RegularizationConfig> regularization = {};

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind, required(anything()), "the model; its keys stand here");
    v("initial_weights", initial_weights, path(),
      "a safetensors file with all parameters to start from; by default they are drawn");
    v("regularization", regularization, anything(),
      "what is added to the loss for the size of parameters, beside the model's own keys for it; "
      "by default nothing");
  }
};

/// The experiment's `training.checkpoint`: when the training is saved, to go on from there.
struct CheckpointConfig {
  int every_epochs = 0;
  int every_steps = 0;
  double every_minutes = 10;
  int keep = 2;

  template <class Visitor>
  void fields(Visitor& v) {
    v("every_epochs", every_epochs, range(0, 1'000'000), "after each so many epochs; 0: not so");
    v("every_steps", every_steps, range(0, 1'000'000'000), "after each so many steps; 0: not so");
    v("every_minutes", every_minutes, at_least(0), "so long after the last one; 0: not so");
    v("keep", keep, range(1, 1'000'000),
      "how many of the last are kept, beside that of the best epoch on the validation rows");
  }
};

/// The experiment's `training.early_stopping`, on the validation rows.
struct EarlyStoppingConfig {
  int patience = 0;
  std::string metric = "loss";
  double minimum_improvement = 0;

  template <class Visitor>
  void fields(Visitor& v) {
    v("patience", patience, range(0, 1'000'000),
      "so many epochs without a better one end the training, and the best weights are kept; 0: "
      "none do");
    v("metric", metric, anything(), "what is watched: loss, total_loss or one of task.metrics");
    v("minimum_improvement", minimum_improvement, at_least(0),
      "by more than this a better figure differs");
  }
};

/// The experiment's `training.reduce_on_plateau`, on the validation rows.
struct PlateauConfig {
  int patience = 0;
  std::string metric = "loss";
  double factor = 0.1;
  double minimum_improvement = 1e-4;
  int cooldown = 0;
  double minimum_factor = 0;

  template <class Visitor>
  void fields(Visitor& v) {
    v("patience", patience, range(0, 1'000'000),
      "so many epochs without a better one reduce all learning rates; 0: none do");
    v("metric", metric, anything(), "what is watched: loss, total_loss or one of task.metrics");
    v("factor", factor, range(0, 1), "what the learning rates are then multiplied by");
    v("minimum_improvement", minimum_improvement, at_least(0),
      "by more than this a better figure differs");
    v("cooldown", cooldown, range(0, 1'000'000), "so many epochs after that are not counted");
    v("minimum_factor", minimum_factor, range(0, 1), "all reductions together are no smaller");
  }
};

/// The experiment's `training.logs`: what is written down beside `steps.jsonl` and `metrics.jsonl`.
struct LogsConfig {
  bool tensorboard = false;
  bool csv = false;

  template <class Visitor>
  void fields(Visitor& v) {
    v("tensorboard", tensorboard, anything(),
      "events.out.tfevents: all figures, histograms of weights and gradients after each epoch, and "
      "the config, for TensorBoard");
    v("csv", csv, anything(), "steps.csv and metrics.csv: the same lines as a table");
  }
};

/// The experiment's `training`.
struct TrainingConfig {
  int epochs = 1;
  std::string math_mode = "float32";
  CheckpointConfig checkpoint;
  EarlyStoppingConfig early_stopping;
  PlateauConfig reduce_on_plateau;
  KindConfig<std::unique_ptr<Averaging>()> averaging{Choice(averagings(), "none"),
                                                     "the average; its keys stand here"};
  LogsConfig logs;

  template <class Visitor>
  void fields(Visitor& v) {
    v("epochs", epochs, range(1, 1'000'000), "how often each training row is seen");
    v("math_mode", math_mode, one_of({"float32", "bfloat16"}),
      "what a training step multiplies matrices in: bfloat16 rounds both to 8 bits for 24, and is "
      "several times faster where the processor has AMX; elsewhere it is float32. Evaluations and "
      "predictions are float32");
    v("checkpoint", checkpoint, anything(), "when the training is saved, to go on from there");
    v("early_stopping", early_stopping, anything(), "when the training ends before its last epoch");
    v("reduce_on_plateau", reduce_on_plateau, anything(),
      "when learning rates are reduced by what the validation rows say");
    v("averaging", averaging, anything(),
      "which average of the weights over the steps is evaluated and saved");
    v("logs", logs, anything(), "what is written down beside steps.jsonl and metrics.jsonl");
  }
};

/// A whole experiment, as its JSON says it.
struct Config {
  /// All defaults; what is to be selected by name comes from `catalogues`.
  explicit Config(const Catalogues& catalogues);

  std::string name;
  std::int64_t seed = 0;
  DataConfig data;
  ModelConfig model;
  KindConfig<std::unique_ptr<Task>()> task;
  OptimizersConfig optimizer;
  TrainingConfig training;

  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, folder_name(),
      "what its run directories are called; else the config file's name");
    v("seed", seed, at_least(0), "of everything random but data and their split");
    v("data", data, anything(), "the rows");
    v("model", model, anything(), "the model");
    v("task", task, anything(), "what is learnt, and how it is measured");
    v("optimizer", optimizer, anything(), "how parameters follow their gradients");
    v("training", training, anything(), "how long");
  }
};

/// The experiment of a document; `default_name` where it has no name. Throws Error (exit code 2) as
/// `read_options` does, for a name that cannot be a folder's, and for what the task or an optimizer
/// refuses.
Config read_config(const ConfigDocument& document, const Catalogues& catalogues,
                   const std::string& default_name);

/// A file with `--set` settings on top.
ConfigDocument load_document(const std::filesystem::path& file,
                             const std::vector<std::string>& settings);

/// The experiment of a file, with `--set` settings on top; named like the file where it has no
/// name. Its `sweep` is left aside.
Config load_config(const std::filesystem::path& file, const std::vector<std::string>& settings,
                   const Catalogues& catalogues);

/// What `body` makes of a document's experiment; an error of config in it says where the key came
/// from.
template <class Body>
auto with_origins(const ConfigDocument& document, Body&& body) {
  try {
    return body();
  } catch (const ConfigError& error) {
    throw ConfigError(error, document.origin(error.pointer()).name);
  }
}

/// All options with their values: `read_config` gives the same experiment again, from anywhere.
Json write_config(Config config);

}  // namespace gradus::experiment
