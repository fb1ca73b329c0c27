#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/text_file.h"

namespace gradus {

/// Records of a CSV or TSV file as RFC 4180 has them: a field may stand in double quotes, and then
/// holds delimiters, line ends and doubled quotes; lines end with "\n" or "\r\n". A quote inside an
/// unquoted field is text. Empty lines between records are skipped.
class DelimitedFile {
 public:
  /// Opens the file. Throws Error where it cannot be read.
  DelimitedFile(std::string path, char delimiter) : file_(std::move(path)), delimiter_(delimiter) {}

  /// Reads the next record; false at the end. The fields stand until the next call. Throws Error
  /// where a quote is not closed (within TextFile::kLongestLine), or text follows a closing one.
  bool next(std::vector<std::string_view>& fields);

  const std::string& path() const { return file_.path(); }  ///< as it was given
  /// The line, from 1, on which the last record began.
  std::int64_t line() const { return line_; }

 private:
  void split_plain(std::string_view line, std::vector<std::string_view>& fields) const;
  void split_quoted(std::string_view line, std::vector<std::string_view>& fields);
  void read_quoted(std::string_view& line, std::size_t& i);

  TextFile file_;
  char delimiter_;
  std::int64_t line_ = 0;
  std::string text_;               // unquoted fields, one after the other
  std::vector<std::size_t> ends_;  // of each in text_
};

}  // namespace gradus
