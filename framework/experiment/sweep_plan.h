#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/config.h"

namespace gradus::experiment {

/// Values of some keys, and the whole experiment with them.
struct SweepSetting {
  Json values;  ///< {"optimizer.learning_rate": 0.05}
  Json config;
};

/// All that a sweep's trials follow from: each setting is trained with each seed on each fold.
struct SweepPlan {
  std::string kind;  ///< "grid", "list", "random" or "halving"
  std::string by;    ///< the figure that settings are compared by
  bool higher_is_better = false;
  std::vector<SweepSetting> settings;
  std::vector<std::int64_t> seeds;
  int folds = 0;       ///< 0: the experiment's own split alone
  int factor = 0;      ///< of halving: one in so many goes on, for so many times the epochs
  double minutes = 0;  ///< no trial is begun after so long; 0: all are

  /// As in `plan.json`; `read_plan` gives the same again.
  Json json() const;
};

/// One training of a sweep.
struct Trial {
  int setting = 0;  ///< an index
  std::int64_t seed = 0;
  int fold = 0;    ///< from 1; 0: none
  int epochs = 0;  ///< 0: the setting's own
};

/// The plan of a config's `sweep`, which `document` no longer has. `settings`: how many settings
/// are drawn at random, where the config does not say. Throws Error (exit code 2) for what is wrong
/// with the sweep, or with the experiment of any setting.
SweepPlan plan_sweep(const Json& sweep, const ConfigDocument& document,
                     const Catalogues& catalogues, const std::string& default_name,
                     std::optional<int> settings = {});

/// The experiment of a setting: the document with its values, which its `sweep` gave.
ConfigDocument with_values(ConfigDocument document, const Json& values);

/// Reads a plan back. Throws Error, naming `file`, where it is damaged.
SweepPlan read_plan(const Json& json, const std::filesystem::path& file);

/// The plan of a sweep's folder. Throws Error where it has none, or it is damaged.
SweepPlan read_plan(const std::filesystem::path& folder);

/// The experiment of one training.
Config trial_config(const SweepPlan& plan, const Trial& trial, const Catalogues& catalogues);

/// "optimizer.learning_rate=0.05 model.layers=[64]"; "-" for no values.
std::string text_of(const Json& values);

}  // namespace gradus::experiment
