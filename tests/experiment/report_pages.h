#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace gradus::tests {

/// The data of a report's page. The page must be well-formed HTML of less than 1 MB, that asks for
/// nothing outside of it.
nlohmann::json report_data(const std::filesystem::path& page);

/// The ids of its sections, in order.
std::vector<std::string> section_ids(const nlohmann::json& report);

/// A section's chart or table whose title has this text. Fails where there is none.
const nlohmann::json& block_of(const nlohmann::json& report, const std::string& section,
                               const std::string& title);

}  // namespace gradus::tests
