#include "framework/nn/model.h"

namespace gradus {

Value Features::operator[](std::string_view column) const {
  const auto found = columns_.find(column);
  if (found != columns_.end()) return found->second;
  std::string names;
  for (const auto& [name, value] : columns_) names += (names.empty() ? "" : ", ") + name;
  fail("model: there is no column '{}' to read; the data has: {}", column, names);
}

}  // namespace gradus
