#include "framework/data/vocabulary.h"

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/options.h"
#include "framework/data/text.h"

namespace gradus {

Vocabulary::Vocabulary(std::vector<std::string> strings) {
  std::ranges::sort(strings);  // std::string compares bytes as unsigned
  for (const std::string& string : strings) {
    const std::int32_t expected = strings_.size();
    if (strings_.add(string) != expected) fail("vocabulary: {} is there twice", in_quotes(string));
  }
}

std::int32_t Vocabulary::id(std::string_view string) const {
  const auto number = strings_.find(string);
  return number ? *number + 1 : kOutOfVocabulary;
}

std::string_view Vocabulary::string(std::int32_t id) const {
  if (id < 1 || id > size()) fail("vocabulary: no string has id {} (from 1 to {})", id, size());
  return strings_[id - 1];
}

Vocabularies::Vocabularies(const Table& table) {
  for (const Column& column : table.columns()) {
    if (column.kind == ColumnKind::number) add_number(column.name);
    if (!holds_ids(column.kind)) continue;
    std::vector<std::string> strings;
    strings.reserve(static_cast<std::size_t>(column.strings.size()));
    for (std::int32_t code = 0; code < column.strings.size(); ++code) {
      strings.emplace_back(column.strings[code]);
    }
    add(column.name, column.kind, Vocabulary(std::move(strings)));
  }
}

Vocabularies::Vocabularies(const Table& table, std::span<const std::int32_t> rows) {
  for (const Column& column : table.columns()) {
    if (column.kind == ColumnKind::number) add_number(column.name);
    if (!holds_ids(column.kind)) continue;
    std::vector<bool> seen(static_cast<std::size_t>(column.strings.size()), false);
    std::vector<std::string> strings;
    for (std::int32_t row : rows) {
      const std::int32_t code = column.codes[static_cast<std::size_t>(row)];
      if (seen[static_cast<std::size_t>(code)]) continue;
      seen[static_cast<std::size_t>(code)] = true;
      strings.emplace_back(column.strings[code]);
    }
    add(column.name, column.kind, Vocabulary(std::move(strings)));
  }
}

void Vocabularies::add(std::string name, ColumnKind kind, Vocabulary vocabulary) {
  if (!holds_ids(kind)) {
    fail("vocabularies: column {} is of kind {}, which has no ids", in_quotes(name),
         gradus::name(kind));
  }
  refuse_known(name);
  for (const Entry& entry : entries_) {
    if (entry.kind == kind && kind != ColumnKind::id) {
      fail("vocabularies: two {} columns, {} and {}", gradus::name(kind), in_quotes(entry.name),
           in_quotes(name));
    }
  }
  entries_.push_back({std::move(name), kind, std::move(vocabulary)});
}

void Vocabularies::add_number(std::string name) {
  refuse_known(name);
  numbers_.push_back(std::move(name));
}

bool Vocabularies::has_number(std::string_view name) const {
  return std::ranges::find(numbers_, name) != numbers_.end();
}

void Vocabularies::refuse_known(std::string_view name) const {
  const bool has_ids =
      std::ranges::any_of(entries_, [name](const Entry& entry) { return entry.name == name; });
  if (has_ids || has_number(name)) fail("vocabularies: two columns {}", in_quotes(name));
}

const Vocabulary& Vocabularies::operator[](std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return entry.vocabulary;
  }
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.name);
  if (has_number(name)) {
    fail("column {} is of kind number, which has no ids; the id columns: {}", in_quotes(name),
         fmt::join(names, ", "));
  }
  const std::string nearest = nearest_name(name, names);
  fail("no id column {}{}; the id columns: {}", in_quotes(name),
       nearest.empty() ? "" : fmt::format(", nearest is {}", in_quotes(nearest)),
       fmt::join(names, ", "));
}

const Vocabularies::Entry* Vocabularies::only(ColumnKind kind) const {
  const auto found =
      std::ranges::find_if(entries_, [kind](const Entry& entry) { return entry.kind == kind; });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace gradus
