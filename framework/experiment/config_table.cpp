#include "framework/experiment/config_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace gradus::experiment {
namespace {

void add_keys(std::vector<std::pair<std::string, std::string>>& out, const std::string& path,
              const Json& value) {
  const auto* members = value.get_if<Json::Object>();
  if (members == nullptr || (members->empty() && !path.empty())) {
    out.emplace_back(path, value.text());
    return;
  }
  for (const auto& [key, below] : *members) {
    add_keys(out, path.empty() ? key : fmt::format("{}.{}", path, key), below);
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> config_keys(const Json& config) {
  std::vector<std::pair<std::string, std::string>> out;
  add_keys(out, "", config);
  return out;
}

std::vector<ConfigDifference> config_differences(const std::vector<Json>& configs) {
  std::vector<ConfigDifference> all;
  for (std::size_t i = 0; i < configs.size(); ++i) {
    for (auto& [key, value] : config_keys(configs[i])) {
      auto at = std::ranges::find(all, key, &ConfigDifference::key);
      if (at == all.end()) {
        at = all.insert(at, {.key = key, .values = std::vector<std::string>(configs.size())});
      }
      at->values[i] = std::move(value);
    }
  }
  std::erase_if(all, [](const ConfigDifference& difference) {
    return std::ranges::all_of(difference.values, [&](const std::string& value) {
      return value == difference.values.front();
    });
  });
  return all;
}

}  // namespace gradus::experiment
