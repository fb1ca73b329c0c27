#include "framework/data/dictionary.h"

#include <functional>
#include <limits>

#include "framework/core/error.h"

namespace gradus {
namespace {

constexpr std::int32_t kFree = -1;
constexpr std::size_t kFewestSlots = 16;

}  // namespace

std::string_view Dictionary::operator[](std::int32_t number) const {
  const auto i = static_cast<std::size_t>(number);
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return {text_.data() + begin, ends_[i] - begin};
}

std::size_t Dictionary::slot_of(std::string_view string) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>()(string) & mask;
  while (slots_[slot] != kFree && (*this)[slots_[slot]] != string) slot = (slot + 1) & mask;
  return slot;
}

std::optional<std::int32_t> Dictionary::find(std::string_view string) const {
  if (slots_.empty()) return std::nullopt;
  const std::int32_t number = slots_[slot_of(string)];
  return number == kFree ? std::nullopt : std::optional(number);
}

std::int32_t Dictionary::add(std::string_view string) {
  if (ends_.size() * 2 >= slots_.size()) grow();
  const std::size_t slot = slot_of(string);
  if (slots_[slot] != kFree) return slots_[slot];
  if (size() == std::numeric_limits<std::int32_t>::max()) {
    fail("dictionary: more than {} distinct strings", size());
  }
  slots_[slot] = size();
  text_.insert(text_.end(), string.begin(), string.end());
  ends_.push_back(text_.size());
  return slots_[slot];
}

void Dictionary::grow() {
  slots_.assign(slots_.empty() ? kFewestSlots : 2 * slots_.size(), kFree);
  for (std::int32_t number = 0; number < size(); ++number)
    slots_[slot_of((*this)[number])] = number;
}

}  // namespace gradus
