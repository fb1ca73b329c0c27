#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gradus {

/// Distinct strings, numbered from 0 in the order in which they were added. One block of text and
/// an open hash table: a million of short strings cost some 20 MB.
class Dictionary {
 public:
  Dictionary() = default;

  /// The string's number; a new one gets the next. Throws Error beyond 2^31 - 1 strings.
  std::int32_t add(std::string_view string);
  /// The string's number, or nothing where it was never added.
  std::optional<std::int32_t> find(std::string_view string) const;

  /// How many different strings there are.
  std::int32_t size() const { return static_cast<std::int32_t>(ends_.size()); }
  /// The string of that number, below size(); it stands until the next `add`.
  std::string_view operator[](std::int32_t number) const;

 private:
  std::size_t slot_of(std::string_view string) const;
  void grow();

  std::vector<char> text_;
  std::vector<std::size_t> ends_;    // of each string in text_
  std::vector<std::int32_t> slots_;  // hash table of numbers, -1 where free; a power of two
};

}  // namespace gradus
