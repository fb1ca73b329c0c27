#pragma once

#include <string_view>

namespace gradus::experiment::report_files {

/// Files that the program has in it, as they are in `framework/experiment/report`: the page, its
/// style, and what draws it.
std::string_view page();
std::string_view style();
std::string_view charts();
std::string_view page_script();
/// The chart library, and its license.
std::string_view vega();
std::string_view vega_license();

}  // namespace gradus::experiment::report_files
