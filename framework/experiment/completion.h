#pragma once

#include <string>
#include <string_view>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace gradus::experiment {

/// The script with which a shell, "bash", "zsh" or "fish", completes a command line: its commands,
/// their options, and files.
std::string completion(const CLI::App& app, std::string_view shell);

}  // namespace gradus::experiment
