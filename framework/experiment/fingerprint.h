#pragma once

#include <string>

#include "framework/data/encoded.h"
#include "framework/data/split.h"
#include "framework/data/vocabulary.h"

namespace gradus::experiment {

/// A line that tells data apart: how many rows there are, and a hash of all ids, numbers, labels,
/// weights, strings and parts.
std::string fingerprint(const Vocabularies& vocabularies, const Encoded& data, const Split& split);

}  // namespace gradus::experiment
