#include "framework/data/table.h"

#include <algorithm>
#include <limits>

#include "framework/core/error.h"
#include "framework/core/options.h"
#include "framework/data/text.h"

namespace gradus {

const std::vector<std::string>& column_kind_names() {
  static const std::vector<std::string> kNames = {"user",  "item",   "id",       "number",
                                                  "label", "weight", "timestamp"};
  return kNames;
}

std::string_view name(ColumnKind kind) {
  return column_kind_names()[static_cast<std::size_t>(kind)];
}

ColumnKind column_kind(std::string_view name) {
  const auto& names = column_kind_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    fail("{} is no kind of column; the kinds: {}", in_quotes(name), fmt::join(names, ", "));
  }
  return static_cast<ColumnKind>(found - names.begin());
}

bool holds_ids(ColumnKind kind) {
  return kind == ColumnKind::user || kind == ColumnKind::item || kind == ColumnKind::id;
}

bool may_be_several(ColumnKind kind) {
  return kind == ColumnKind::id || kind == ColumnKind::number || kind == ColumnKind::label;
}

std::int64_t Column::rows() const {
  const std::size_t size = holds_ids(kind)                 ? codes.size()
                           : kind == ColumnKind::timestamp ? times.size()
                                                           : numbers.size();
  return static_cast<std::int64_t>(size);
}

void LineNumbers::add(std::int64_t line) {
  if (changes_.empty() || (*this)[rows_ - 1] + 1 != line) changes_.emplace_back(rows_, line);
  ++rows_;
}

std::int64_t LineNumbers::operator[](std::int64_t row) const {
  const auto after =
      std::ranges::upper_bound(changes_, row, {}, [](const auto& change) { return change.first; });
  const auto& [first, line] = *std::prev(after);
  return line + (row - first);
}

Table::Table(std::string origin, std::vector<Column> columns, std::optional<LineNumbers> lines)
    : origin_(std::move(origin)), columns_(std::move(columns)), lines_(std::move(lines)) {
  if (columns_.empty()) fail("{}: no columns", origin_);
  rows_ = columns_.front().rows();
  if (rows_ == 0) fail("{}: no rows", origin_);
  if (rows_ > std::numeric_limits<std::int32_t>::max()) {
    fail("{}: {} rows, more than {} are not supported", origin_, rows_,
         std::numeric_limits<std::int32_t>::max());
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (column.rows() != rows_) {
      fail("{}: column \"{}\" has {} rows, \"{}\" has {}", origin_, column.name, column.rows(),
           columns_.front().name, rows_);
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (columns_[j].name == column.name) fail("{}: two columns \"{}\"", origin_, column.name);
      if (columns_[j].kind == column.kind && !may_be_several(column.kind)) {
        fail("{}: two {} columns, \"{}\" and \"{}\"", origin_, gradus::name(column.kind),
             columns_[j].name, column.name);
      }
    }
  }
}

std::string Table::where(std::int64_t row) const {
  return lines_ ? fmt::format("{}:{}", origin_, (*lines_)[row])
                : fmt::format("{}, row {}", origin_, row);
}

std::vector<std::string> Table::names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  return names;
}

const Column& Table::column(std::string_view name) const {
  for (const Column& column : columns_) {
    if (column.name == name) return column;
  }
  const std::string nearest = nearest_name(name, names());
  fail("{}: no column {}{}; the columns: {}", origin_, in_quotes(name),
       nearest.empty() ? "" : fmt::format(", nearest is \"{}\"", nearest),
       fmt::join(names(), ", "));
}

const Column* Table::only(ColumnKind kind) const {
  const auto found =
      std::ranges::find_if(columns_, [kind](const Column& column) { return column.kind == kind; });
  return found == columns_.end() ? nullptr : &*found;
}

const Column& Table::label(std::string_view name) const {
  if (!name.empty()) {
    const Column& found = column(name);
    if (found.kind != ColumnKind::label) {
      fail("{}: column \"{}\" is of kind {}, a label is required", origin_, name,
           gradus::name(found.kind));
    }
    return found;
  }
  std::vector<std::string> labels;
  for (const Column& column : columns_) {
    if (column.kind == ColumnKind::label) labels.push_back(column.name);
  }
  if (labels.empty())
    fail("{}: no label column; the columns: {}", origin_, fmt::join(names(), ", "));
  if (labels.size() > 1) {
    fail("{}: {} label columns ({}), say which as task.label", origin_, labels.size(),
         fmt::join(labels, ", "));
  }
  return column(labels.front());
}

}  // namespace gradus
