#include "framework/data/csv.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/append.h"
#include "framework/data/delimited.h"
#include "framework/data/text.h"

namespace gradus {
namespace {

std::string names(const std::vector<std::string_view>& header) {
  std::vector<std::string> names;
  names.reserve(header.size());
  for (std::string_view name : header) names.push_back(in_quotes(name));
  return fmt::format("{}", fmt::join(names, ", "));
}

void check_header(const DelimitedFile& file, const std::vector<std::string_view>& header) {
  for (std::string_view name : header) {
    if (!is_utf8(name)) fail("{}:{}: {} is not UTF-8", file.path(), file.line(), in_quotes(name));
  }
}

/// Where in the header each declared column stands.
std::vector<std::size_t> find_columns(const DelimitedFile& file,
                                      const std::vector<std::string_view>& header,
                                      const std::vector<CsvSource::ColumnOptions>& columns) {
  std::vector<std::size_t> positions;
  for (const auto& column : columns) {
    const auto found = std::ranges::find(header, column.name);
    if (found == header.end()) {
      const std::string nearest =
          nearest_name(column.name, std::vector<std::string>(header.begin(), header.end()));
      fail("{}:{}: no column {}{}; the header names {}", file.path(), file.line(),
           in_quotes(column.name),
           nearest.empty() ? "" : fmt::format(", nearest is {}", in_quotes(nearest)),
           names(header));
    }
    const auto again = std::find(found + 1, header.end(), column.name);
    if (again != header.end()) {
      fail("{}:{}: two columns {} (columns {} and {})", file.path(), file.line(),
           in_quotes(column.name), found - header.begin() + 1, again - header.begin() + 1);
    }
    positions.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return positions;
}

}  // namespace

CsvSource::CsvSource(const Options& options) : options_(options) {
  const std::string& delimiter = options_.delimiter;
  if (delimiter.size() != 1 || delimiter.find_first_of(std::string_view("\"\r\n\0", 4)) == 0) {
    fail_config("/data/delimiter", "{}: one character other than a quote or a line end is required",
                in_quotes(delimiter));
  }
  for (std::size_t i = 0; i < options_.columns.size(); ++i) {
    const ColumnOptions& column = options_.columns[i];
    const ColumnKind kind = column_kind(column.kind);
    for (std::size_t j = 0; j < i; ++j) {
      const ColumnOptions& other = options_.columns[j];
      if (other.name == column.name) {
        fail_config(fmt::format("/data/columns/{}/name", i), "{} is declared twice",
                    in_quotes(column.name));
      }
      if (other.kind == column.kind && !may_be_several(kind)) {
        fail_config(fmt::format("/data/columns/{}/kind", i),
                    "a second {} column; {} is the first, and one is allowed", column.kind,
                    in_quotes(other.name));
      }
    }
  }
}

Table CsvSource::read() const {
  DelimitedFile file(options_.path, options_.delimiter.front());
  std::vector<std::string_view> fields;
  if (!file.next(fields)) fail("{}: is empty, a header line is required", options_.path);
  check_header(file, fields);
  if (options_.columns.empty()) {
    fail_config("/data/columns", "say which columns to read; {} names {}", options_.path,
                names(fields));
  }
  const std::vector<std::size_t> positions = find_columns(file, fields, options_.columns);
  const std::size_t width = fields.size();
  std::vector<Column> columns;
  for (const ColumnOptions& column : options_.columns) {
    columns.push_back({.name = column.name, .kind = column_kind(column.kind)});
  }
  LineNumbers lines;
  while (file.next(fields)) {
    if (fields.size() != width) {
      fail("{}:{}: {} columns, the header has {}: {}", options_.path, file.line(), fields.size(),
           width, in_quotes(fmt::format("{}", fmt::join(fields, options_.delimiter))));
    }
    lines.add(file.line());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      append(columns[i], fields[positions[i]], options_.path, file.line());
    }
  }
  if (lines.rows() == 0) fail("{}: has a header line and no rows", options_.path);
  return {options_.path, std::move(columns), std::move(lines)};
}

}  // namespace gradus
