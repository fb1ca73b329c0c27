#include "framework/data/delimited.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/text.h"

namespace gradus {
namespace {

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool DelimitedFile::next(std::vector<std::string_view>& fields) {
  fields.clear();
  for (auto line = file_.next(); line; line = file_.next()) {
    if (without_return(*line).empty()) continue;
    line_ = file_.line();
    if (line->find('"') == std::string_view::npos) {
      split_plain(without_return(*line), fields);
    } else {
      split_quoted(*line, fields);
    }
    return true;
  }
  return false;
}

void DelimitedFile::split_plain(std::string_view line,
                                std::vector<std::string_view>& fields) const {
  for (;;) {
    const std::size_t end = line.find(delimiter_);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

void DelimitedFile::split_quoted(std::string_view line, std::vector<std::string_view>& fields) {
  text_.clear();
  ends_.clear();
  for (std::size_t i = 0;; ++i) {
    if (i < line.size() && line[i] == '"') {
      read_quoted(line, i);
    } else {
      const std::size_t end = std::min(line.find(delimiter_, i), line.size());
      const std::string_view field = line.substr(i, end - i);
      text_ += end == line.size() ? without_return(field) : field;
      i = end;
    }
    ends_.push_back(text_.size());
    if (i >= line.size()) break;
  }
  std::size_t begin = 0;
  for (std::size_t end : ends_) {
    fields.push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
}

/// Reads the field whose opening quote is line[i], on to further lines if need be, and leaves `i`
/// at the delimiter after it or at the line's end.
void DelimitedFile::read_quoted(std::string_view& line, std::size_t& i) {
  const std::int64_t opened = file_.line();
  for (++i;;) {
    const std::size_t quote = std::min(line.find('"', i), line.size());
    text_ += line.substr(i, quote - i);
    if (text_.size() > TextFile::kLongestLine) {
      fail("{}:{}: the quote opened here is not closed within {} MiB", path(), opened,
           TextFile::kLongestLine >> 20);
    }
    if (quote == line.size()) {
      const auto more = file_.next();
      if (!more) fail("{}:{}: the quote opened here is never closed", path(), opened);
      text_ += '\n';
      line = *more;
      i = 0;
    } else if (quote + 1 < line.size() && line[quote + 1] == '"') {
      text_ += '"';
      i = quote + 2;
    } else {
      i = quote + 1;
      break;
    }
  }
  const std::string_view rest = line.substr(i);
  if (without_return(rest).empty()) {
    i = line.size();
  } else if (rest.front() != delimiter_) {
    fail("{}:{}: {} follows a closing quote, {} or the line's end is required", path(),
         file_.line(), in_quotes(rest), in_quotes(std::string_view(&delimiter_, 1)));
  }
}

}  // namespace gradus
