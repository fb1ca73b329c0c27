#include "framework/data/rows_split.h"

#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/data/text_file.h"

namespace gradus {
namespace {

/// On which line a row was listed, for each row of the table; 0 where not yet.
using ListedOn = std::vector<std::int32_t>;

std::vector<std::int32_t> read_rows(const std::string& path, const Table& table, ListedOn& listed,
                                    const std::string& other_path, const ListedOn& other) {
  TextFile file(path);
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
    const auto i = static_cast<std::size_t>(*row);
    if (listed[i] != 0) file.fail("row {} is listed again, first on line {}", *row, listed[i]);
    if (!other.empty() && other[i] != 0) {
      file.fail("row {} is for training too ({}:{})", *row, other_path, other[i]);
    }
    listed[i] = static_cast<std::int32_t>(file.line());
    rows.push_back(static_cast<std::int32_t>(*row));
  }
  if (rows.empty()) fail("{}: has no row numbers", path);
  return rows;
}

}  // namespace

Split RowsSplit::split(const Table& table) const {
  ListedOn train(static_cast<std::size_t>(table.rows()), 0);
  ListedOn test = train;
  Split split;
  split.train = read_rows(options_.train, table, train, "", {});
  split.test = read_rows(options_.test, table, test, options_.train, train);
  return split;
}

}  // namespace gradus
