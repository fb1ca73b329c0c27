#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/table.h"
#include "framework/data/vocabulary.h"

namespace gradus {

/// A table as a model reads it: ids instead of strings, and numbers.
class Encoded {
 public:
  /// A column of ids, one for each row; 0 is out of vocabulary.
  struct Ids {
    std::string name;                  ///< of the column
    ColumnKind kind = ColumnKind::id;  ///< what the column is
    std::vector<std::int32_t> ids;     ///< by row
  };

  /// A column of numbers, one for each row.
  struct Numbers {
    std::string name;            ///< of the column
    std::vector<float> numbers;  ///< by row
  };

  /// The columns of `vocabularies`, in that order, the label column `label` ("" for none), the
  /// weights, and the groups that the ids of column `group` ("" for none) make. Throws Error where
  /// the table lacks a column or has it of another kind.
  Encoded(const Table& table, const Vocabularies& vocabularies, std::string_view label,
          std::string_view group = "");
  /// Columns that were encoded elsewhere, such as ids by a hash. Throws Error where one of them has
  /// more or fewer rows than there are labels.
  Encoded(std::vector<Ids> columns, std::vector<Numbers> numbers, std::vector<float> labels);

  std::int64_t rows() const { return rows_; }  ///< how many there are
  /// The columns of ids.
  const std::vector<Ids>& columns() const { return columns_; }
  /// In the table's order.
  const std::vector<Numbers>& number_columns() const { return number_columns_; }
  /// The ids of a column. Throws Error with all names where there is none of that name.
  std::span<const std::int32_t> ids(std::string_view name) const;
  /// The numbers of a column. Throws Error with all names where there is none of that name.
  std::span<const float> numbers(std::string_view name) const;
  /// The user's and the item's column, or null where there is none.
  const Ids* user() const { return only(ColumnKind::user); }
  /// The only column of that kind; null: none.
  const Ids* item() const { return only(ColumnKind::item); }
  /// Empty where no label was asked for.
  std::span<const float> labels() const { return labels_; }
  /// Empty where the table has no weights: then each is 1.
  std::span<const float> weights() const { return weights_; }
  /// A number for each row, the same where the group's column has the same string, known to the
  /// vocabulary or not. Empty where no groups were asked for.
  std::span<const std::int32_t> groups() const { return groups_; }

  /// Copies values of `rows` into `out`, which is as long, and allocates nothing.
  void copy_ids(std::string_view name, std::span<const std::int32_t> rows,
                std::span<std::int32_t> out) const;
  /// The numbers of a column, of these rows.
  void copy_numbers(std::string_view name, std::span<const std::int32_t> rows,
                    std::span<float> out) const;
  /// The labels of these rows.
  void copy_labels(std::span<const std::int32_t> rows, std::span<float> out) const;
  /// Ones where the table has no weights.
  void copy_weights(std::span<const std::int32_t> rows, std::span<float> out) const;
  /// The groups of these rows.
  void copy_groups(std::span<const std::int32_t> rows, std::span<std::int32_t> out) const;

 private:
  const Ids* only(ColumnKind kind) const;

  std::int64_t rows_;
  std::vector<Ids> columns_;
  std::vector<Numbers> number_columns_;
  std::vector<float> labels_;
  std::vector<float> weights_;
  std::vector<std::int32_t> groups_;
};

}  // namespace gradus
