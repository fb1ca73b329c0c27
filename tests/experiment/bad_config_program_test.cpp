#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

struct Refused {
  std::string setting;
  std::vector<std::string> texts;
};

TEST_CASE("program: a setting that is not allowed ends with 2, its pointer and what is allowed") {
  const SmallExperiment experiment;
  const Refused cases[] = {
      {"modle.kind=ranking", {"config: /modle: unknown key; did you mean \"model\"?"}},
      {"swep.seeds=3",
       {"config: /swep: unknown key; did you mean \"sweep\"? Known here: name, seed, data, model, "
        "task, optimizer, training, sweep, extends, $schema"}},
      {"data.batch_siz=3", {"/data/batch_siz: unknown key; did you mean \"batch_size\"?"}},
      {"model.layer=3", {"/model/layer: unknown key; did you mean \"layers\"?"}},
      {"optimizer.kind=adagrd",
       {"/optimizer/kind: must be one of: adadelta, adagrad",
        "got \"adagrd\"; did you mean \"adagrad\"?"}},
      {"model.kind=rankin", {"/model/kind: must be one of: ranking", "did you mean \"ranking\"?"}},
      {"data.source=cvs", {"/data/source: must be one of: ", "did you mean \"csv\"?"}},
      {"data.split.kind=randm", {"/data/split/kind: must be one of: ", "\"random\"?"}},
      {"task.kind=rnking", {"/task/kind: must be one of: ranking", "\"ranking\"?"}},
      {"task.loss=mse", {"/task/loss: must be one of: mean_squared_error", "got \"mse\""}},
      {"task.metrics=[\"rmse\"]", {"/task/metrics/0: must be one of: root_mean_squared_error"}},
      {"task.metrics=[\"ndgc@10\"]", {"/task/metrics/0: must be one of: ", "\"ndcg@k\"?"}},
      {"task.metrics=[\"auc\",\"ndcg@0\"]", {"/task/metrics/1: must be one of: ", "ndcg@k"}},
      {"task.metrics=[\"hit_rate\"]", {"/task/metrics/0: must be one of: ", "\"hit_rate@k\"?"}},
      {"task.huber_delta=0", {"/task/huber_delta: must be a number above 0, got 0"}},
      {"data.shuffle=twice", {"/data/shuffle: must be one of: none, once, every_epoch"}},
      {"data.vocabulary=test", {"/data/vocabulary: must be one of: all, train"}},
      {"data.columns.0.kind=usr", {"/data/columns/0/kind: must be one of: user", "\"user\"?"}},
      {"data.batch_size=-1", {"/data/batch_size: must be a whole number from 1 to", "got -1"}},
      {"data.batch_size=0", {"/data/batch_size: must be a whole number from 1 to", "got 0"}},
      {"data.evaluation_batch_size=0", {"/data/evaluation_batch_size: must be", "got 0"}},
      {"model.embedding_dimension=0",
       {"/model/embedding_dimension: must be a whole number from 1 to 65536, got 0"}},
      {"model.embedding_dimension=1e30", {"/model/embedding_dimension: must be", "got 1e+30"}},
      {"model.layers=[8,-8]", {"/model/layers/1: must be a whole number from 1", "got -8"}},
      {"model.layers=8", {"/model/layers: must be a list of whole numbers", "got 8"}},
      {"training.epochs=0", {"/training/epochs: must be a whole number from 1", "got 0"}},
      {"training.epochs=1.5", {"/training/epochs: must be a whole number", "got 1.5"}},
      {"training=[]", {"/training: must be an object, got []"}},
      {"seed=-1", {"/seed: must be a whole number, 0 or more, got -1"}},
      {"seed=99999999999999999999", {"/seed: must be a whole number, 0 or more, got 1e+20"}},
      {"name=12",
       {"/name: must be the name of a folder", "got 12; a text in double quotes is a text"}},
      {"name=a/b", {"/name: must be the name of a folder", "got \"a/b\""}},
      {"name=", {"/name: must be the name of a folder", "got \"\""}},
      {"data.path=", {"/data/path: must be a text that is not empty, got \"\""}},
      {"data.path=null", {"/data/path: must be a text", "got null"}},
      {"optimizer.learning_rate=nan", {"/optimizer/learning_rate: must be a number above 0"}},
      {"optimizer.learning_rate=NaN", {"/optimizer/learning_rate: ", "got \"NaN\""}},
      {"optimizer.learning_rate=fast", {"/optimizer/learning_rate: ", "got \"fast\""}},
      {"optimizer.learning_rate=-0.1", {"/optimizer/learning_rate: ", "got -0.1"}},
      {"optimizer.learning_rate=1e999", {"/optimizer/learning_rate: ", "got \"1e999\""}},
      {"optimizer.learning_rate=", {"/optimizer/learning_rate: must be a number", "got \"\""}},
      {"data.split.train=0", {"/data/split/train: must be a number above 0, got 0"}},
      {"data.split.train=201", {"/data/split: train 201 and test 40 are more than the 200 rows"}},
      {"data.split.test=1e18", {"/data/split: train 160 and test 1e+18 are more than the 200"}},
      {"data.split.train=0.9999", {"/data/split: "}},
      {"data.split.train=1.5", {"/data/split/train: 1.5: a whole count or a fraction below 1"}},
      {"data.delimiter=ab", {"/data/delimiter: \"ab\": one character"}},
      {"data.columns=[]", {"/data/columns: say which columns to read", "\"user_id\""}},
      {"data.columns.1.kind=user", {"/data/columns/1/kind: a second user column"}},
      {"task.label=stars", {"/task/label: ", "no column \"stars\"", "user_rating"}},
      {"model.features=[\"user\"]", {"/model/features: no id column \"user\"", "\"user_id\""}},
      {"model.features=[\"user_id\",\"user_id\"]", {"/model/features: 'user_id' is named 2 times"}},
      {"=3", {"--set =3: expected KEY=VALUE"}},
      {"seed", {"--set seed: expected KEY=VALUE"}},
      {".seed=3", {"config: key .seed: an empty key between its dots (from --set .seed=3)"}},
      {"model.layers=[1", {"--set model.layers=[1", "unexpected end of input"}},
      {"model.layers.7=1", {"/model/layers: needs an index from 0 to 1, got \"7\""}},
  };
  for (const auto& bad : cases) {
    CAPTURE(bad.setting);
    check_refused(experiment, experiment.try_train({bad.setting}), 2, bad.texts);
  }
}

/// Trains, validates and describes this text as config; each must refuse it, and say so.
void check_text(const std::string& text, const std::vector<std::string>& texts) {
  const SmallExperiment experiment;
  write_file(experiment / "experiment.json", text);
  check_refused(experiment, experiment.try_train({}), 2, texts);
  check_refused(experiment, experiment.gradus({"validate", "experiment.json"}), 2, texts);
  check_refused(experiment, experiment.gradus({"describe", "experiment.json"}), 2, texts);
}

TEST_CASE("program: a config that is no JSON names the file, the line and the column") {
  check_text("", {"experiment.json: empty, expected a JSON value"});
  check_text(" \n\t\n", {"experiment.json: empty, expected a JSON value"});
  check_text("{\n  \"seed\": 1,\n  \"data\": {\"source\"",
             {"experiment.json:3:20: ", "unexpected end of input"});
  check_text("{\"seed\": 1}}", {"experiment.json:1:12: ", "expected end of input"});
  check_text("{\n \"optimizer\": {\"learning_rate\": NaN}\n}",
             {"experiment.json:2:33: ", "JSON has no NaN and no infinity"});
  check_text("{\"optimizer\": {\"learning_rate\": 1e999}}", {"experiment.json:1:", "1e999"});
  check_text("{\"name\": \"a\xff\"}", {"experiment.json:1:", "UTF-8"});
  check_text("[1, 2]", {"/: must be an object, got [1, 2]"});
  check_text("\"text\"", {"/: must be an object, got \"text\""});
  check_text("null", {"/: must be an object, got null"});
}

TEST_CASE("program: a key given twice is refused with its pointer") {
  check_text("{\"seed\": 1, \"seed\": 2}", {"experiment.json: /seed: this key is given twice"});
  check_text("{\"data\": {\"source\": \"csv\", \"columns\": [{\"name\": \"a\", \"name\": \"b\"}]}}",
             {"experiment.json: /data/columns/0/name: this key is given twice"});
}

TEST_CASE("program: a metric named twice is refused without the data, and where it was set") {
  check_text(R"({"task": {"metrics": ["auc", "log_loss", "auc"]}, "optimizer": {"kind": "sgd"},
                 "data": {"source": "generated"}, "model": {"kind": "ranking"}})",
             {"config: /task/metrics: 'auc' is named 2 times (in experiment.json)"});
}

TEST_CASE("program: JSON nested 100,000 deep is refused") {
  const std::string deep(100'000, '[');
  check_text(deep, {"experiment.json: nested more than "});
  check_text(deep + std::string(100'000, ']'), {"experiment.json: nested more than "});
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  check_text(objects, {"experiment.json: nested more than "});
  const SmallExperiment experiment;
  check_refused(experiment, experiment.try_train({"model.layers=" + deep}), 2,
                {"nested more than"});
  std::string keys = "seed";
  for (int i = 0; i < 50'000; ++i) keys += ".a";
  check_refused(experiment, experiment.try_train({keys + "=1"}), 2, {"/seed"});
}

TEST_CASE("program: what is missing in a config is named") {
  check_text("{}", {"config: /data/source: is missing, must be one of: "});
  check_text("{\"data\": {\"source\": \"generated\"}}", {"config: /", "is missing, must be"});
  check_text("{\"data\": {\"source\": \"csv\"}}", {"config: /data/path: is missing"});
}

TEST_CASE("program: a config file that cannot be read is named") {
  const SmallExperiment experiment;
  check_refused(experiment, experiment.gradus({"train", "nowhere.json"}), 2,
                {"nowhere.json: cannot be read: No such file or directory"});
  check_refused(experiment, experiment.gradus({"train", "."}), 2,
                {".: cannot be read: Is a directory"});
  check_refused(experiment, experiment.gradus({"train", ""}), 2, {"\"\": cannot be read: "});
  check_refused(experiment, experiment.gradus({"train", std::string(5000, 'x')}), 2,
                {"cannot be read: File name too long"});
  check_refused(experiment, experiment.gradus({"train", "/dev/zero"}), 2,
                {"/dev/zero: ", "more than 64 MiB"});
}

TEST_CASE("program: wrong usage ends with 2 and points to the help") {
  const SmallExperiment experiment;
  const struct {
    std::vector<std::string> arguments;
    std::string text;
  } cases[] = {
      {{}, "A subcommand is required"},
      {{""}, "\"\" is not known"},
      {{"trian"}, "trian is not known; did you mean train?"},
      {{"train"}, "config is required"},
      {{"train", "experiment.json", "more"}, "more"},
      {{"train", "experiment.json", "--outptu", "run"},
       "--outptu is not known; did you mean --output?"},
      {{"train", "experiment.json", "--set"}, "--set"},
      {{"train", "experiment.json", "--threads", "0"}, "--threads"},
      {{"train", "experiment.json", "--threads", "-1"}, "--threads"},
      {{"train", "experiment.json", "--threads", "two"}, "--threads"},
      {{"train", "experiment.json", "--threads", "99999999999999999999"}, "--threads"},
      {{"rank", "run"}, "--user is required"},
      {{"rank", "run", "--user", "1", "--top", "0"}, "--top"},
      {{"rank", "run", "--user", "1", "--top", "-3"}, "--top"},
      {{"predict"}, "run is required"},
  };
  for (const auto& bad : cases) {
    CAPTURE(bad.text);
    check_refused(experiment, experiment.gradus(bad.arguments), 2,
                  {bad.text, "see gradus", "--help"});
  }
}

}  // namespace
}  // namespace gradus::tests
