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

  int exit_code() const noexcept { return exit_code_; }

 private:
  int exit_code_;
};

/// Throws an Error with a formatted text (exit code 1).
template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
  throw Error(fmt::format(text, std::forward<Args>(args)...));
}

/// Throws an Error of wrong usage or configuration (exit code 2); `pointer` is the JSON pointer of
/// the offending key: "config: /data/split: …".
template <class... Args>
[[noreturn]] void fail_config(std::string_view pointer, fmt::format_string<Args...> text,
                              Args&&... args) {
  throw Error(
      fmt::format("config: {}: {}", pointer, fmt::format(text, std::forward<Args>(args)...)), 2);
}

}  // namespace gradus
