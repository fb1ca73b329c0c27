#include "framework/data/rows_split.h"

#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/data/text_file.h"

namespace gradus {
namespace {

/// Where a row was listed, for each row of the table.
struct Listed {
  std::size_t part = 0;
  std::int64_t line = 0;  // 0 where it was not yet
};

/// A file of row numbers, and what its rows are for.
struct Part {
  const std::string& path;
  const char* what;
};

std::vector<std::int32_t> read_rows(const std::vector<Part>& parts, std::size_t part,
                                    const Table& table, std::vector<Listed>& listed) {
  TextFile file(parts[part].path);
  std::vector<std::int32_t> rows;
  while (const auto line = file.next()) {
    std::string_view text = *line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (trimmed(text).empty()) continue;
    const auto row = parse_integer(text);
    if (!row) file.fail("{} is not a row number", in_quotes(text));
    if (*row < 0 || *row >= table.rows()) {
      file.fail("row {} is out of range: {} has rows 0 to {}", *row, table.origin(),
                table.rows() - 1);
    }
    auto& [before, on_line] = listed[static_cast<std::size_t>(*row)];
    if (on_line != 0 && before == part) {
      file.fail("row {} is listed again, first on line {}", *row, on_line);
    }
    if (on_line != 0) {
      file.fail("row {} is for {} too ({}:{})", *row, parts[before].what, parts[before].path,
                on_line);
    }
    before = part;
    on_line = file.line();
    rows.push_back(static_cast<std::int32_t>(*row));
  }
  if (rows.empty()) fail("{}: has no row numbers", parts[part].path);
  return rows;
}

}  // namespace

Split RowsSplit::split(const Table& table) const {
  const std::vector<Part> parts = {{options_.train, "training"},
                                   {options_.validation, "validation"},
                                   {options_.test, "the test"}};
  std::vector<Listed> listed(static_cast<std::size_t>(table.rows()));
  Split split;
  split.train = read_rows(parts, 0, table, listed);
  if (!options_.validation.empty()) split.validation = read_rows(parts, 1, table, listed);
  split.test = read_rows(parts, 2, table, listed);
  return split;
}

}  // namespace gradus
