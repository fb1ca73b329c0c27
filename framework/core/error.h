#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace gradus {

/// The exception of everything here. Its text says what was wrong, where, and what is allowed.
class Error : public std::runtime_error {
 public:
  /// `exit_code` is what a program ends with: 1 failed, 2 wrong usage or config.
  explicit Error(const std::string& message, int exit_code = 1)
      : std::runtime_error(message), exit_code_(exit_code) {}

  int exit_code() const noexcept { return exit_code_; }  ///< what the program ends with

 private:
  int exit_code_;
};

/// An Error of wrong configuration (exit code 2), of the key at a JSON pointer.
class ConfigError : public Error {
 public:
  /// `message` is about the value at `pointer` of a config.
  ConfigError(std::string_view pointer, const std::string& message)
      : Error(fmt::format("config: {}: {}", pointer, message), 2), pointer_(pointer) {}
  /// The same, and where the key came from: "in base.json".
  ConfigError(const ConfigError& error, std::string_view origin)
      : Error(fmt::format("{} ({})", error.what(), origin), 2), pointer_(error.pointer_) {}

  const std::string& pointer() const noexcept { return pointer_; }  ///< "/optimizer/learning_rate"

 private:
  std::string pointer_;
};

/// Throws an Error with a formatted text (exit code 1).
template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
  throw Error(fmt::format(text, std::forward<Args>(args)...));
}

/// Throws a ConfigError with a formatted text: "config: /data/split: …".
template <class... Args>
[[noreturn]] void fail_config(std::string_view pointer, fmt::format_string<Args...> text,
                              Args&&... args) {
  throw ConfigError(pointer, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace gradus
