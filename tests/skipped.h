#pragma once

#include <optional>
#include <string>

namespace gradus::tests {

/// Why the running test is skipped, if it is: what skip() leaves for main() to count.
std::optional<std::string>& skipped_because();

}  // namespace gradus::tests
