#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// A config's keys as `--set` takes them, "model.layers", each with its value as JSON: objects are
/// gone into, lists are values.
std::vector<std::pair<std::string, std::string>> config_keys(const Json& config);

/// A key that several configs do not have alike: its value in each, "" where it is absent.
struct ConfigDifference {
  std::string key;
  std::vector<std::string> values;
};

/// The keys that are not the same in all configs, in the order in which they first come.
std::vector<ConfigDifference> config_differences(const std::vector<Json>& configs);

}  // namespace gradus::experiment
