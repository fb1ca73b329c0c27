#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/optim/clipping.h"
#include "framework/optim/optimizer.h"
#include "framework/optim/schedule.h"

namespace gradus {

/// Some parameters of a model, and how they are trained.
struct ParameterGroup {
  std::string parameters = "*";  ///< which: their path, `*` for any characters, `?` for any one
  std::shared_ptr<const Optimizer> optimizer;     ///< what moves its parameters
  Clipping clipping = {};                         ///< norms of all are of this group's gradients
  std::shared_ptr<const Schedule> schedule = {};  ///< none: the learning rate stays
  std::int64_t warm_up_steps = 0;                 ///< steps in which the learning rate rises

  /// Of a step, from 1. In `warm_up_steps` steps it rises to the optimiser's in a straight line:
  /// learning_rate * step / (warm_up_steps + 1), as Keras' CosineDecay from a first rate of
  /// learning_rate / (warm_up_steps + 1); the schedule's steps begin after these.
  double learning_rate(std::int64_t step) const;
};

/// The groups of a model's parameters; each parameter belongs to the first that names it.
class ParameterGroups {
 public:
  /// All parameters by one optimiser, which must live as long.
  // NOLINTNEXTLINE(google-explicit-constructor): an optimiser alone is the usual case
  ParameterGroups(const Optimizer& optimizer);
  /// Each parameter is of the first group that names it.
  explicit ParameterGroups(std::vector<ParameterGroup> groups) : groups_(std::move(groups)) {}

  std::size_t size() const { return groups_.size(); }  ///< how many groups there are
  /// A group, from 0.
  const ParameterGroup& operator[](std::size_t group) const { return groups_[group]; }

  /// The group of each parameter. Throws Error, with all paths, for a group that names none of
  /// them, and for a parameter of no group.
  std::vector<std::size_t> of(const std::vector<std::string>& paths) const;

 private:
  std::vector<ParameterGroup> groups_;
};

/// Whether a path is what a pattern says: `*` stands for any characters, `?` for any one.
bool matches(std::string_view pattern, std::string_view path);

}  // namespace gradus
