#include "framework/experiment/fingerprint.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace gradus::experiment {
namespace {

/// FNV-1a, eight bytes at a time, each list with its length.
class Hash {
 public:
  void add(std::string_view bytes) {
    mix(bytes.size());
    while (!bytes.empty()) {
      std::uint64_t word = 0;
      const std::size_t count = std::min(bytes.size(), sizeof(word));
      std::memcpy(&word, bytes.data(), count);
      mix(word);
      bytes.remove_prefix(count);
    }
  }
  template <class T>
  void add_all(std::span<const T> values) {
    const auto bytes = std::as_bytes(values);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes
    add({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  std::uint64_t value() const { return value_; }

 private:
  void mix(std::uint64_t word) {
    constexpr std::uint64_t kPrime = 0x100000001b3;
    value_ = (value_ ^ word) * kPrime;
    value_ ^= value_ >> 32U;  // so that high bits count as low ones do
  }

  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

std::string fingerprint(const Vocabularies& vocabularies, const Encoded& data, const Split& split) {
  Hash hash;
  for (const auto& entry : vocabularies) {
    hash.add(entry.name);
    for (std::int32_t id = 1; id <= entry.vocabulary.size(); ++id) {
      hash.add(entry.vocabulary.string(id));
    }
  }
  for (const auto& column : data.columns()) {
    hash.add(column.name);
    hash.add_all(std::span<const std::int32_t>(column.ids));
  }
  for (const auto& column : data.number_columns()) {
    hash.add(column.name);
    hash.add_all(std::span<const float>(column.numbers));
  }
  hash.add_all(data.labels());
  hash.add_all(data.weights());
  if (!data.groups().empty()) hash.add_all(data.groups());
  for (const auto* rows : {&split.train, &split.validation, &split.test}) {
    hash.add_all(std::span<const std::int32_t>(*rows));
  }
  return fmt::format("{} rows, {:016x}", data.rows(), hash.value());
}

}  // namespace gradus::experiment
