#pragma once

#include <string>
#include <vector>

namespace gradus::tests {

/// What a standard validator of JSON Schema says of each of these JSON values by the schema:
/// "valid", or the places of its errors: "/data /model/layers/0". Throws std::runtime_error where
/// it cannot be run, or the schema itself is not valid.
std::vector<std::string> validate(const std::string& schema,
                                  const std::vector<std::string>& values);

}  // namespace gradus::tests
