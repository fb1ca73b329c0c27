#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/experiment/small_experiment.h"

namespace gradus::tests {

/// Trains experiment.json with this `sweep` into the folder `sweep`.
ProgramResult sweep(const SmallExperiment& experiment, const std::string& plan,
                    const std::vector<std::string>& more = {});

/// What that folder's table says.
nlohmann::json table_of(const SmallExperiment& experiment);

void check_done(const ProgramResult& result);

/// A run directory's files that do not depend on time.
std::string bits_of(const std::filesystem::path& run);

}  // namespace gradus::tests
