#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/experiment/catalogues.h"
#include "framework/experiment/run_comparison.h"

namespace gradus::experiment {

/// The best ten items of the first run against those of each other one: over at most 50 users that
/// both know, spread evenly, and three of these in full. `names` are what the runs are called.
std::vector<ComparedRankings> compare_rankings(const std::vector<std::filesystem::path>& runs,
                                               const std::vector<std::string>& names,
                                               const Catalogues& catalogues);

}  // namespace gradus::experiment
