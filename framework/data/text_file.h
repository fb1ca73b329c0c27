#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/error.h"

namespace gradus {

/// A text file read line by line through one small buffer, whatever its size; a pipe will do.
/// A byte order mark at its beginning is skipped.
class TextFile {
 public:
  /// A longer line than this is refused, so that memory stays bounded on a file that has none.
  static constexpr std::size_t kLongestLine = std::size_t{16} << 20;

  /// Throws Error where there is no such file, it is a folder, or may not be read.
  explicit TextFile(std::string path);

  /// The next line without its "\n" (a "\r" before that stays), or nothing at the end. The text
  /// stands until the next call. Throws Error on a NUL byte, a longer line than kLongestLine, or
  /// where reading fails.
  std::optional<std::string_view> next();

  const std::string& path() const { return path_; }  ///< as it was given
  /// The number, from 1, of the line that `next` gave last; 0 before the first.
  std::int64_t line() const { return line_; }

  /// Throws the Error "PATH:LINE: text" about the last line, or about `line`.
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) const {
    throw Error(
        fmt::format("{}:{}: {}", path_, line_, fmt::format(text, std::forward<Args>(args)...)));
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  bool refill();
  std::string_view take(std::size_t size, std::size_t skip);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of what has not been given yet
  std::size_t end_ = 0;      // of what has been read
  std::size_t scanned_ = 0;  // no "\n" between begin_ and here
  std::int64_t line_ = 0;
};

}  // namespace gradus
