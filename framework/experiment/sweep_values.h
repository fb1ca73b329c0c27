#pragma once

#include <cstdint>
#include <vector>

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// Every combination of `over`'s values, {"key": [value, …], …}: the last key changes fastest.
/// Throws Error of config for what is no such list, or more than 100,000 combinations.
std::vector<Json> grid_of(const Json& over);

/// `count` settings drawn at random from `over`, {"key": {"uniform": [0, 1]}, …}: a number from a
/// range (`uniform`, `log_uniform`, with four figures, or `integer`) or one of a list. The first
/// ones of a larger count are the same. Throws Error of config for another range.
std::vector<Json> draws_of(const Json& over, std::int64_t seed, int count);

}  // namespace gradus::experiment
