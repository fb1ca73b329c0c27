#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/experiment/catalogues.h"
#include "framework/experiment/json.h"

namespace gradus::tests {

/// Valid configs with every key given, in which together each kind of each catalogue is selected.
std::vector<experiment::Json> whole_configs(const experiment::Catalogues& catalogues);

/// A config with one fault, and the JSON pointer that its refusal must name.
struct Fault {
  std::string what;
  experiment::Json config;
  std::string pointer;
};

/// So many faults, drawn by the seed from all that the options of these configs allow: wrong types,
/// null, values out of range, misspelt and foreign keys, missing ones, unknown kinds and names,
/// wrong elements of lists. No two are the same config.
std::vector<Fault> draw_faults(const experiment::Catalogues& catalogues, std::size_t count,
                               std::uint64_t seed);

}  // namespace gradus::tests
