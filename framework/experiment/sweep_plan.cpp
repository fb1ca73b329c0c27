#include "framework/experiment/sweep_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/files.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/sweep_values.h"
#include "framework/train/task.h"

namespace gradus::experiment {
namespace {

constexpr int kMostSettings = 100'000;

/// Reads the keys of a config's `sweep`.
class SweepReader {
 public:
  explicit SweepReader(const Json& sweep) : sweep_(sweep) {
    if (!sweep.get_if<Json::Object>()) refuse("", sweep, "an object");
  }

  std::string one_of(const std::string& key, const std::vector<std::string>& names) {
    const Json* value = find(key);
    if (value == nullptr) return names.front();
    const auto* text = value->get_if<std::string>();
    if (!text || std::ranges::find(names, *text) == names.end()) {
      refuse(key, *value, fmt::format("one of: {}", fmt::join(names, ", ")));
    }
    return *text;
  }

  std::int64_t whole(const std::string& key, std::int64_t otherwise, std::int64_t least,
                     std::int64_t most) {
    const Json* value = find(key);
    if (value == nullptr) return otherwise;
    const auto* number = value->get_if<std::int64_t>();
    if (!number || *number < least || *number > most) {
      refuse(key, *value, fmt::format("a whole number from {} to {}", least, most));
    }
    return *number;
  }

  bool boolean(const std::string& key) {
    const Json* value = find(key);
    if (value == nullptr) return false;
    const auto* flag = value->get_if<bool>();
    if (!flag) refuse(key, *value, "true or false");
    return *flag;
  }

  /// A count, of seeds from `first` on, or the seeds.
  std::vector<std::int64_t> seeds(std::int64_t first) {
    const Json* value = find("seeds");
    if (value == nullptr) return {first};
    const std::string allowed =
        fmt::format("a count from 1 to {}, or a list of whole numbers from 0, none of them twice",
                    kMostSettings);
    std::vector<std::int64_t> out;
    if (const auto* count = value->get_if<std::int64_t>()) {
      if (*count < 1 || *count > kMostSettings ||
          first > std::numeric_limits<std::int64_t>::max() - *count) {
        refuse("seeds", *value, allowed);
      }
      for (std::int64_t i = 0; i < *count; ++i) out.push_back(first + i);
      return out;
    }
    const auto* list = value->get_if<Json::List>();
    if (!list || list->empty()) refuse("seeds", *value, allowed);
    for (const Json& element : *list) {
      const auto* seed = element.get_if<std::int64_t>();
      if (!seed || *seed < 0 || std::ranges::find(out, *seed) != out.end()) {
        refuse("seeds", *value, allowed);
      }
      out.push_back(*seed);
    }
    return out;
  }

  /// An object of a key's values each.
  Json over() {
    const Json* value = find("over");
    if (value == nullptr) return Json::object();
    if (!value->get_if<Json::Object>()) {
      refuse("over", *value, "an object of keys, such as \"optimizer.learning_rate\", and values");
    }
    return *value;
  }

  std::vector<Json> settings() {
    const Json* value = find("settings");
    const std::string allowed = "a list of objects of keys and values";
    if (value == nullptr) fail_config("/sweep/settings", "is missing, must be {}", allowed);
    const auto* list = value->get_if<Json::List>();
    if (!list || list->empty()) refuse("settings", *value, allowed);
    for (const Json& setting : *list) {
      if (!setting.get_if<Json::Object>()) refuse("settings", *value, allowed);
    }
    return *list;
  }

  const Json* find(const std::string& key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
    return sweep_.find(key);
  }

  /// After all keys were asked for.
  void finish() const {
    for (const auto& [key, value] : sweep_.members()) {
      if (std::ranges::find(known_, key) != known_.end()) continue;
      const std::string near = nearest_name(key, known_);
      fail_config(json_pointer("/sweep", key), "unknown key{} Known here: {}",
                  near.empty() ? "." : fmt::format("; did you mean \"{}\"?", near),
                  fmt::join(known_, ", "));
    }
  }

 private:
  [[noreturn]] static void refuse(std::string_view key, const Json& value,
                                  std::string_view allowed) {
    fail_config(key.empty() ? "/sweep" : json_pointer("/sweep", key), "must be {}, got {}", allowed,
                value.text());
  }

  const Json& sweep_;
  std::vector<std::string> known_;
};

/// Fills `by` and its direction, which all settings must have; by default the first metric that
/// has one, or else the loss.
void choose_by(SweepPlan& plan, const Metrics& metrics) {
  using Better = Metric::Better;
  if (plan.by == "loss") return;
  std::vector<std::string> names = {"loss"};
  for (const auto& [name, metric, parameters] : metrics.list()) {
    if (metric->better == Better::neither) continue;
    names.push_back(name);
    if (plan.by.empty() || name == plan.by) {
      plan.by = name;
      plan.higher_is_better = metric->better == Better::higher;
      return;
    }
  }
  if (plan.by.empty()) {
    plan.by = "loss";
    return;
  }
  fail_config("/sweep/by", "must be one of: {}, got \"{}\"", fmt::join(names, ", "), plan.by);
}

/// What `seeds` and `folds` vary, a setting must not.
void refuse_varied(const Json& values, std::string_view key, std::string_view by) {
  if (values.find(key) == nullptr) return;
  fail_config("/sweep", "{} is varied by \"{}\", not as a key of a setting", key, by);
}

/// How many folds the experiment's split has.
int folds_of(const Config& config) {
  if (config.data.split.kind.name() != "k_folds") {
    fail_config("/sweep/folds", "needs a data.split of kind k_folds, got {}",
                config.data.split.kind.name());
  }
  const Json json = write_config(config);
  return static_cast<int>(*json.find("data")->find("split")->find("folds")->get_if<std::int64_t>());
}

/// A plan whose settings have their values alone so far.
SweepPlan read_sweep(const Json& sweep, const Config& base, std::optional<int> settings) {
  constexpr int kFactor = 2;
  SweepReader reader(sweep);
  SweepPlan plan;
  plan.kind = reader.one_of("kind", {"grid", "list", "random", "halving"});
  std::vector<Json> values;
  if (plan.kind == "list") {
    values = reader.settings();
  } else if (plan.kind == "grid") {
    values = grid_of(reader.over());
  } else {
    const Json over = reader.over();
    const std::int64_t seed = reader.whole("seed", 0, 0, std::numeric_limits<std::int64_t>::max());
    const Json* own = reader.find("trials");
    if (own == nullptr && !settings) {
      fail_config("/sweep/trials", "is missing, must be how many settings are drawn");
    }
    auto count = static_cast<int>(reader.whole("trials", 1, 1, kMostSettings));
    if (settings) count = *settings;
    if (plan.kind == "halving") {
      constexpr int kMostFactor = 1000;
      plan.factor = static_cast<int>(reader.whole("factor", kFactor, 2, kMostFactor));
    }
    values = draws_of(over, seed, count);
  }
  plan.seeds = reader.seeds(base.seed);
  const bool folds = reader.boolean("folds");
  if (const Json* by = reader.find("by")) {
    const auto* name = by->get_if<std::string>();
    plan.by = name ? *name : by->text();
  }
  reader.finish();
  if (folds) plan.folds = folds_of(base);
  for (Json& each : values) {
    refuse_varied(each, "seed", "seeds");
    if (folds) refuse_varied(each, "data.split.fold", "folds");
    plan.settings.push_back({.values = std::move(each), .config = {}});
  }
  return plan;
}

}  // namespace

ConfigDocument with_values(ConfigDocument document, const Json& values) {
  const Origin origin = document.origin(json_pointer("", kSweepKey));
  for (const auto& [key, value] : values.members()) document.set(key, value, origin);
  return document;
}

SweepPlan plan_sweep(const Json& sweep, const ConfigDocument& document,
                     const Catalogues& catalogues, const std::string& default_name,
                     std::optional<int> settings) {
  const Config base = read_config(document, catalogues, default_name);
  SweepPlan plan = with_origins(document, [&] { return read_sweep(sweep, base, settings); });
  for (SweepSetting& setting : plan.settings) {
    try {
      const Config config =
          read_config(with_values(document, setting.values), catalogues, default_name);
      with_origins(document,
                   [&] { choose_by(plan, config.task.kind.component().make()->make_metrics()); });
      setting.config = write_config(config);
    } catch (const Error& error) {
      throw Error(fmt::format("sweep, {}: {}", text_of(setting.values), error.what()), 2);
    }
  }
  return plan;
}

Json SweepPlan::json() const {
  Json list = Json::list();
  for (const SweepSetting& setting : settings) {
    list.push_back(Json::object({{"values", setting.values}, {"config", setting.config}}));
  }
  return Json::object({{"format", 1},
                       {"kind", kind},
                       {"by", by},
                       {"higher_is_better", higher_is_better},
                       {"seeds", Json::List(seeds.begin(), seeds.end())},
                       {"folds", folds},
                       {"factor", factor},
                       {"minutes", minutes},
                       {"settings", std::move(list)}});
}

SweepPlan read_plan(const Json& json, const std::filesystem::path& file) {
  const auto member = [&]<class T>(const Json& object, std::string_view key, const T& /*type*/) {
    const Json* value = object.find(key);
    const T* out = value ? value->get_if<T>() : nullptr;
    if (!out) fail("{}: \"{}\" is missing or of another type", file.string(), key);
    return *out;
  };
  if (member(json, "format", std::int64_t{}) != 1) {
    fail("{}: has a format that this gradus does not know", file.string());
  }
  SweepPlan plan;
  plan.kind = member(json, "kind", std::string());
  plan.by = member(json, "by", std::string());
  plan.higher_is_better = member(json, "higher_is_better", bool{});
  for (const Json& seed : member(json, "seeds", Json::List())) {
    const auto* number = seed.get_if<std::int64_t>();
    if (!number) fail("{}: a seed is {}", file.string(), seed.text());
    plan.seeds.push_back(*number);
  }
  plan.folds = static_cast<int>(member(json, "folds", std::int64_t{}));
  plan.factor = static_cast<int>(member(json, "factor", std::int64_t{}));
  const Json* minutes = json.find("minutes");  // a whole number is written without a fraction
  plan.minutes = minutes && minutes->get_if<double>()
                     ? *minutes->get_if<double>()
                     : static_cast<double>(member(json, "minutes", std::int64_t{}));
  for (const Json& setting : member(json, "settings", Json::List())) {
    for (const char* key : {"values", "config"}) member(setting, key, Json::Object());
    plan.settings.push_back({*setting.find("values"), *setting.find("config")});
  }
  if (plan.settings.empty() || plan.seeds.empty()) fail("{}: has no settings", file.string());
  return plan;
}

SweepPlan read_plan(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kSweepPlan;
  return read_plan(parse_json(read_file(file), file.string()), file);
}

Config trial_config(const SweepPlan& plan, const Trial& trial, const Catalogues& catalogues) {
  const Json& config = plan.settings[static_cast<std::size_t>(trial.setting)].config;
  ConfigDocument document(config, "the sweep's plan", std::filesystem::current_path());
  document.set(fmt::format("seed={}", trial.seed));
  if (trial.fold > 0) document.set(fmt::format("data.split.fold={}", trial.fold));
  if (trial.epochs > 0) document.set(fmt::format("training.epochs={}", trial.epochs));
  return read_config(document, catalogues, "run");
}

std::string text_of(const Json& values) {
  std::vector<std::string> words;
  for (const auto& [key, value] : values.members()) {
    words.push_back(fmt::format("{}={}", key, value.text()));
  }
  return words.empty() ? "-" : fmt::format("{}", fmt::join(words, " "));
}

}  // namespace gradus::experiment
