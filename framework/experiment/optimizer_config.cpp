#include "framework/experiment/optimizer_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/at_pointer.h"

namespace gradus::experiment {
namespace {

void check(const OptimizerConfig& config, const std::string& pointer) {
  at_pointer(pointer, [&] { config.clipping.check(); });
  at_pointer(pointer + "/schedule", [&] { config.schedule.kind.component().make(); });
}

std::string pointer_of(std::size_t group) { return fmt::format("/optimizer/groups/{}", group); }

ParameterGroup make_group(const OptimizerConfig& config, std::string parameters) {
  return {.parameters = std::move(parameters),
          .optimizer = config.kind.component().make(),
          .clipping = config.clipping,
          .schedule = config.schedule.kind.component().make(),
          .warm_up_steps = config.schedule.warm_up_steps};
}

}  // namespace

OptionRecords GroupConfigs::records() {
  return {[this] { return groups_.size(); },
          [this](std::size_t size) {
            groups_.resize(std::min(size, groups_.size()));
            while (groups_.size() < size) {
              groups_.push_back({.parameters = {}, .optimizer = {.kind = Choice(kinds_)}});
            }
          },
          [this](std::size_t i, OptionVisitor& v) { groups_[i].fields(v); }};
}

void check_optimizers(const OptimizersConfig& config) {
  check(config, "/optimizer");
  for (std::size_t g = 0; g < config.groups.list().size(); ++g) {
    check(config.groups.list()[g].optimizer, pointer_of(g) + "/optimizer");
  }
}

void check_pattern(const std::string& pointer, const std::string& pattern,
                   const std::vector<std::string>& parameters) {
  const auto named = [&](const std::string& path) { return matches(pattern, path); };
  if (std::ranges::any_of(parameters, named)) return;
  fail_config(pointer, "\"{}\" is no parameter that is trained; there are: {}", pattern,
              fmt::join(parameters, ", "));
}

void check_groups(const OptimizersConfig& config, const std::vector<std::string>& parameters) {
  for (std::size_t g = 0; g < config.groups.list().size(); ++g) {
    check_pattern(pointer_of(g) + "/parameters", config.groups.list()[g].parameters, parameters);
  }
}

ParameterGroups make_groups(const OptimizersConfig& config) {
  std::vector<ParameterGroup> groups;
  groups.reserve(config.groups.list().size() + 1);
  for (const GroupConfig& group : config.groups.list()) {
    groups.push_back(make_group(group.optimizer, group.parameters));
  }
  groups.push_back(make_group(config, "*"));
  return ParameterGroups(std::move(groups));
}

}  // namespace gradus::experiment
