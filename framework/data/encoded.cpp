#include "framework/data/encoded.h"

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/data/text.h"

namespace gradus {
namespace {

/// The column of that name, which must hold ids.
const Column& id_column(const Table& table, std::string_view name) {
  const Column& column = table.column(name);
  if (!holds_ids(column.kind)) {
    fail("{}: column {} is of kind {}, ids are required", table.origin(), in_quotes(name),
         gradus::name(column.kind));
  }
  return column;
}

/// The ids of a column's rows.
std::vector<std::int32_t> encode(const Column& column, const Vocabulary& vocabulary) {
  std::vector<std::int32_t> id_of_code;
  id_of_code.reserve(static_cast<std::size_t>(column.strings.size()));
  for (std::int32_t code = 0; code < column.strings.size(); ++code) {
    id_of_code.push_back(vocabulary.id(column.strings[code]));
  }
  std::vector<std::int32_t> ids;
  ids.reserve(column.codes.size());
  for (std::int32_t code : column.codes) ids.push_back(id_of_code[static_cast<std::size_t>(code)]);
  return ids;
}

/// The column of that name among `columns`, which hold `what`.
template <class Named>
const Named& find_column(const std::vector<Named>& columns, std::string_view name,
                         std::string_view what) {
  for (const Named& column : columns) {
    if (column.name == name) return column;
  }
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Named& column : columns) names.push_back(column.name);
  fail("no {} column {}; the {} columns: {}", what, in_quotes(name), what, fmt::join(names, ", "));
}

template <class T>
void copy_rows(std::span<const T> values, std::span<const std::int32_t> rows, std::span<T> out) {
  if (rows.size() != out.size()) {
    fail("batch: {} rows do not fit a buffer of {}", rows.size(), out.size());
  }
  for (std::size_t i = 0; i < rows.size(); ++i) out[i] = values[static_cast<std::size_t>(rows[i])];
}

}  // namespace

Encoded::Encoded(const Table& table, const Vocabularies& vocabularies, std::string_view label,
                 std::string_view group)
    : rows_(table.rows()) {
  for (const auto& entry : vocabularies) {
    columns_.push_back(
        {entry.name, entry.kind, encode(id_column(table, entry.name), entry.vocabulary)});
  }
  for (const std::string& name : vocabularies.numbers()) {
    const Column& column = table.column(name);
    if (column.kind != ColumnKind::number) {
      fail("{}: column {} is of kind {}, number is required", table.origin(), in_quotes(name),
           gradus::name(column.kind));
    }
    number_columns_.push_back({name, column.numbers});
  }
  if (!label.empty()) labels_ = table.label(label).numbers;
  if (const Column* weight = table.weight()) weights_ = weight->numbers;
  if (!group.empty()) groups_ = id_column(table, group).codes;
}

Encoded::Encoded(std::vector<Ids> columns, std::vector<Numbers> numbers, std::vector<float> labels)
    : rows_(static_cast<std::int64_t>(labels.size())),
      columns_(std::move(columns)),
      number_columns_(std::move(numbers)),
      labels_(std::move(labels)) {
  const auto check = [&](const std::string& name, std::size_t rows) {
    if (rows != labels_.size()) {
      fail("column {} has {} rows, there are {} labels", in_quotes(name), rows, labels_.size());
    }
  };
  for (const Ids& column : columns_) check(column.name, column.ids.size());
  for (const Numbers& column : number_columns_) check(column.name, column.numbers.size());
}

std::span<const std::int32_t> Encoded::ids(std::string_view name) const {
  return find_column(columns_, name, "id").ids;
}

std::span<const float> Encoded::numbers(std::string_view name) const {
  return find_column(number_columns_, name, "number").numbers;
}

const Encoded::Ids* Encoded::only(ColumnKind kind) const {
  const auto found =
      std::ranges::find_if(columns_, [kind](const Ids& column) { return column.kind == kind; });
  return found == columns_.end() ? nullptr : &*found;
}

void Encoded::copy_ids(std::string_view name, std::span<const std::int32_t> rows,
                       std::span<std::int32_t> out) const {
  copy_rows(ids(name), rows, out);
}

void Encoded::copy_numbers(std::string_view name, std::span<const std::int32_t> rows,
                           std::span<float> out) const {
  copy_rows(numbers(name), rows, out);
}

void Encoded::copy_labels(std::span<const std::int32_t> rows, std::span<float> out) const {
  if (labels_.empty()) fail("batch: there are no labels");
  copy_rows(labels(), rows, out);
}

void Encoded::copy_groups(std::span<const std::int32_t> rows, std::span<std::int32_t> out) const {
  if (groups_.empty()) fail("batch: there are no groups");
  copy_rows(groups(), rows, out);
}

void Encoded::copy_weights(std::span<const std::int32_t> rows, std::span<float> out) const {
  if (weights_.empty()) {
    std::ranges::fill(out, 1.0F);
  } else {
    copy_rows(weights(), rows, out);
  }
}

}  // namespace gradus
