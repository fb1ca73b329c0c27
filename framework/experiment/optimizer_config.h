#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "framework/core/component.h"
#include "framework/core/options.h"
#include "framework/optim/parameter_groups.h"

namespace gradus::experiment {

/// An optimiser's `schedule`.
struct ScheduleConfig {
  Choice<std::unique_ptr<Schedule>()> kind{schedules(), "constant"};
  int warm_up_steps = 0;

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind, anything(), "the course of the learning rate; its keys stand here");
    v("warm_up_steps", warm_up_steps, range(0, 1'000'000'000),
      "in so many steps before it the learning rate rises to the optimizer's");
  }
};

/// An optimiser with its limits and its schedule.
struct OptimizerConfig {
  Choice<std::unique_ptr<Optimizer>()> kind;
  Clipping clipping = {};
  ScheduleConfig schedule = {};

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind, required(anything()), "the update rule; its keys stand here");
    clipping.fields(v);
    v("schedule", schedule, anything(), "how the learning rate goes on with the steps");
  }
};

/// Parameters with an optimiser of their own.
struct GroupConfig {
  std::string parameters;
  OptimizerConfig optimizer;

  template <class Visitor>
  void fields(Visitor& v) {
    v("parameters", parameters, required(anything()),
      "their names, such as \"*_embedding.weight\": * for any characters, ? for any one");
    v("optimizer", optimizer, anything(), "how they follow their gradients");
  }
};

/// A list of such groups, whose optimisers are of one catalogue.
class GroupConfigs {
 public:
  explicit GroupConfigs(Catalogue<std::unique_ptr<Optimizer>()> kinds) : kinds_(std::move(kinds)) {}

  const std::vector<GroupConfig>& list() const { return groups_; }
  /// How an OptionVisitor sees it.
  OptionRecords records();

 private:
  Catalogue<std::unique_ptr<Optimizer>()> kinds_;
  std::vector<GroupConfig> groups_;
};

/// The experiment's `optimizer`.
struct OptimizersConfig : OptimizerConfig {
  explicit OptimizersConfig(const Catalogue<std::unique_ptr<Optimizer>()>& kinds)
      : OptimizerConfig{.kind = Choice(kinds)}, groups(kinds) {}

  GroupConfigs groups;

  template <class Visitor>
  void fields(Visitor& v) {
    OptimizerConfig::fields(v);
    v("groups", groups, anything(),
      "parameters with an optimizer of their own; each belongs to the first group that names it, "
      "by default to none");
  }
};

/// Throws Error (exit code 2) by the pointer of limits or a schedule that cannot be.
void check_optimizers(const OptimizersConfig& config);
/// Throws Error (exit code 2), by the pointer, for a pattern that names none of these parameters.
void check_pattern(const std::string& pointer, const std::string& pattern,
                   const std::vector<std::string>& parameters);
/// Throws Error (exit code 2) by the pointer of a group that names none of these parameters.
void check_groups(const OptimizersConfig& config, const std::vector<std::string>& parameters);
/// The groups, and last one of all other parameters.
ParameterGroups make_groups(const OptimizersConfig& config);

}  // namespace gradus::experiment
