#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/data/dictionary.h"

namespace gradus {

/// What a column means to a recommender.
enum class ColumnKind : std::uint8_t {
  user,      ///< who rates: an id
  item,      ///< what is rated: an id
  id,        ///< any other id, such as an occupation
  number,    ///< any number that a model reads, such as an age
  label,     ///< what is learnt: a number
  weight,    ///< how much a row counts: a number, 0 or more
  timestamp  ///< when: a number
};

/// "user", "item", "id", "number", "label", "weight" or "timestamp".
std::string_view name(ColumnKind kind);
/// The names of all kinds, in that order.
const std::vector<std::string>& column_kind_names();
/// The kind of that name. Throws Error with the names where there is none.
ColumnKind column_kind(std::string_view name);
/// Whether such a column holds ids: user, item and id.
bool holds_ids(ColumnKind kind);
/// Whether a table may have several such columns: id, number and label.
bool may_be_several(ColumnKind kind);

/// One column of a table. A column that holds ids has `codes`, a number, label or weight column
/// `numbers`, a timestamp column `times`, one for each row; the others are empty.
struct Column {
  std::string name;                      ///< as the file has it
  ColumnKind kind = ColumnKind::id;      ///< what it holds
  Dictionary strings = {};               ///< UTF-8, in order of first appearance
  std::vector<std::int32_t> codes = {};  ///< numbers in `strings`
  std::vector<float> numbers = {};       ///< by row: of numbers, labels and weights
  std::vector<double> times = {};        ///< by row: of timestamps

  std::int64_t rows() const;  ///< how many values it has
};

/// Which line of a file each row began on, kept small: only where the distance changes.
class LineNumbers {
 public:
  /// The next row begins on `line`, from 1.
  void add(std::int64_t line);
  /// The line of a row that was added.
  std::int64_t operator[](std::int64_t row) const;
  std::int64_t rows() const { return rows_; }  ///< how many there are

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> changes_;  // first row and its line
  std::int64_t rows_ = 0;
};

/// Rows as they were read, column by column.
class Table {
 public:
  /// `origin` is the file, or another name of where the rows come from; without `lines`, messages
  /// number the rows. Throws Error where columns differ in length, two share a name, there is more
  /// than one user, item, weight or timestamp column, no row, or more than 2^31 - 1.
  Table(std::string origin, std::vector<Column> columns, std::optional<LineNumbers> lines = {});

  std::int64_t rows() const { return rows_; }  ///< how many there are
  /// In the order in which they were declared.
  const std::vector<Column>& columns() const& { return columns_; }
  std::vector<Column> columns() && { return std::move(columns_); }  ///< the columns, taken out
  /// The file, or what else the rows are from.
  const std::string& origin() const { return origin_; }
  /// "PATH:LINE", or "ORIGIN, row N" where there are no lines.
  std::string where(std::int64_t row) const;

  /// The column of that name. Throws Error with all names and the nearest where there is none.
  const Column& column(std::string_view name) const;
  /// The only column of that kind, or null where there is none. (A table may have several labels,
  /// ids and numbers: see `label`, and `column`.)
  const Column* user() const { return only(ColumnKind::user); }
  /// The only column of that kind; null: none.
  const Column* item() const { return only(ColumnKind::item); }
  /// The only column of that kind; null: none.
  const Column* weight() const { return only(ColumnKind::weight); }
  /// The only column of that kind; null: none.
  const Column* timestamp() const { return only(ColumnKind::timestamp); }
  /// The label column `name`; for "" the only one. Throws Error where that is not one column.
  const Column& label(std::string_view name = "") const;

 private:
  const Column* only(ColumnKind kind) const;
  std::vector<std::string> names() const;

  std::string origin_;
  std::vector<Column> columns_;
  std::optional<LineNumbers> lines_;
  std::int64_t rows_ = 0;
};

}  // namespace gradus
