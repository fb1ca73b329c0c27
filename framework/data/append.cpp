#include "framework/data/append.h"

#include <cmath>
#include <limits>

#include "framework/core/error.h"
#include "framework/data/text.h"

namespace gradus {
namespace {

template <class... Args>
[[noreturn]] void refuse(const Column& column, const std::string& path, std::int64_t line,
                         fmt::format_string<Args...> text, Args&&... args) {
  fail("{}:{}: {}: {}", path, line, column.name, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace

void append(Column& column, std::string_view text, const std::string& path, std::int64_t line) {
  if (holds_ids(column.kind)) {
    if (text.empty() && column.kind != ColumnKind::id) {
      refuse(column, path, line, "\"\" is not {} id",
             column.kind == ColumnKind::user ? "a user" : "an item");
    }
    const std::int32_t known = column.strings.size();
    column.codes.push_back(column.strings.add(text));
    if (column.strings.size() > known && !is_utf8(text)) {
      refuse(column, path, line, "{} is not UTF-8", in_quotes(text));
    }
    return;
  }
  const auto number = parse_number(text);
  if (!number) refuse(column, path, line, "{} is not a finite number", in_quotes(text));
  if (column.kind == ColumnKind::timestamp) {
    column.times.push_back(*number);
    return;
  }
  if (std::abs(*number) > std::numeric_limits<float>::max()) {
    refuse(column, path, line, "{} is beyond float32", in_quotes(text));
  }
  if (column.kind == ColumnKind::weight && *number < 0) {
    refuse(column, path, line, "{} is negative, a weight is 0 or more", in_quotes(text));
  }
  column.numbers.push_back(static_cast<float>(*number));
}

}  // namespace gradus
