#include "framework/optim/parameter_groups.h"

#include <fmt/format.h>

#include "framework/core/error.h"

namespace gradus {

double ParameterGroup::learning_rate(std::int64_t step) const {
  const double whole = optimizer->learning_rate();
  if (step <= warm_up_steps) {
    return whole * static_cast<double>(step) / static_cast<double>(warm_up_steps + 1);
  }
  return schedule ? schedule->rate(whole, step - 1 - warm_up_steps) : whole;
}

ParameterGroups::ParameterGroups(const Optimizer& optimizer)
    : groups_{
          {.optimizer = std::shared_ptr<const Optimizer>(std::shared_ptr<void>(), &optimizer)}} {}

std::vector<std::size_t> ParameterGroups::of(const std::vector<std::string>& paths) const {
  std::vector<std::size_t> out(paths.size(), groups_.size());
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::string& pattern = groups_[g].parameters;
    bool named = false;
    for (std::size_t p = 0; p < paths.size(); ++p) {
      if (!matches(pattern, paths[p])) continue;
      named = true;
      if (out[p] == groups_.size()) out[p] = g;
    }
    if (!named && !paths.empty()) {
      fail("\"{}\" is no parameter that is trained; there are: {}", pattern,
           fmt::join(paths, ", "));
    }
  }
  for (std::size_t p = 0; p < paths.size(); ++p) {
    if (out[p] == groups_.size()) fail("parameter '{}' is in no group", paths[p]);
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view path) {
  // Where the last star was, and how much of the path it stands for so far.
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  std::size_t at = 0;
  std::size_t i = 0;
  while (i < path.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = i;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == path[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace gradus
