#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/dictionary.h"
#include "framework/data/table.h"

namespace gradus {

/// The known strings of a column in byte order, with ids from 1; 0 is out of vocabulary. As Keras'
/// `StringLookup(vocabulary=sorted, mask_token=None)`.
class Vocabulary {
 public:
  static constexpr std::int32_t kOutOfVocabulary = 0;  ///< of all strings that are not known

  Vocabulary() = default;
  /// In any order. Throws Error where a string is there twice.
  explicit Vocabulary(std::vector<std::string> strings);

  /// How many strings; an embedding has one row more, for what is out of vocabulary.
  std::int32_t size() const { return strings_.size(); }
  /// From 1 to size(), or kOutOfVocabulary.
  std::int32_t id(std::string_view string) const;
  /// The string of an id from 1 to size(). Throws Error for another.
  std::string_view string(std::int32_t id) const;

 private:
  Dictionary strings_;
};

/// What a model can read of a table: the vocabularies of its id columns, by name, and the names of
/// its number columns, each in the table's order.
class Vocabularies {
 public:
  /// A column's vocabulary; its kind is user, item or id.
  struct Entry {
    std::string name;                  ///< of the column
    ColumnKind kind = ColumnKind::id;  ///< what the column is
    Vocabulary vocabulary;             ///< its strings
  };

  Vocabularies() = default;
  /// Of the strings in all rows.
  explicit Vocabularies(const Table& table);
  /// Of the strings in these rows.
  Vocabularies(const Table& table, std::span<const std::int32_t> rows);

  /// Throws Error where the name is there, the kind holds no ids, or a second user or item comes.
  void add(std::string name, ColumnKind kind, Vocabulary vocabulary);
  /// Adds a number column. Throws Error where the name is there.
  void add_number(std::string name);

  /// Of the id columns.
  std::size_t size() const { return entries_.size(); }
  const Entry* begin() const { return entries_.data(); }                  ///< the first column's
  const Entry* end() const { return entries_.data() + entries_.size(); }  ///< behind the last
  /// Throws Error with all id columns and the nearest where none has that name.
  const Vocabulary& operator[](std::string_view name) const;
  /// The user's and the item's column, or null where there is none.
  const Entry* user() const { return only(ColumnKind::user); }
  /// The only column of that kind; null: none.
  const Entry* item() const { return only(ColumnKind::item); }
  /// The names of the number columns.
  const std::vector<std::string>& numbers() const { return numbers_; }

 private:
  const Entry* only(ColumnKind kind) const;
  bool has_number(std::string_view name) const;
  void refuse_known(std::string_view name) const;

  std::vector<Entry> entries_;
  std::vector<std::string> numbers_;
};

}  // namespace gradus
