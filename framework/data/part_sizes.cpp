#include "framework/data/part_sizes.h"

#include <cmath>
#include <string>

#include "framework/core/error.h"

namespace gradus {
namespace {

/// The rows that a part asks for; `fraction` is the sum of the fractions so far.
std::int64_t count(const AskedPart& part, double& fraction, std::int64_t rows) {
  if (part.size < 1) {
    const auto all = static_cast<double>(rows);
    const std::int64_t before = std::llround(fraction * all);
    fraction += part.size;
    return std::llround(fraction * all) - before;
  }
  if (part.size != std::floor(part.size)) {
    fail_config(fmt::format("/data/split/{}", part.key),
                "{}: a whole count or a fraction below 1 is required", part.size);
  }
  constexpr double kLargest = 9e18;
  return part.size < kLargest ? static_cast<std::int64_t>(part.size) : INT64_MAX;
}

}  // namespace

std::string text(const std::vector<AskedPart>& parts) {
  std::vector<std::string> words;
  for (const AskedPart& part : parts) {
    if (part.size > 0) words.push_back(fmt::format("{} {}", part.key, part.size));
  }
  if (words.size() < 2) return fmt::format("{}", fmt::join(words, ""));
  const std::string last = words.back();
  words.pop_back();
  return fmt::format("{} and {}", fmt::join(words, ", "), last);
}

std::vector<std::int64_t> part_sizes(const std::vector<AskedPart>& parts, const Table& table) {
  const std::int64_t rows = table.rows();
  std::vector<std::int64_t> sizes;
  double fraction = 0;
  std::int64_t left = rows;
  for (const AskedPart& part : parts) {
    const std::int64_t size = count(part, fraction, rows);
    if (size > left) {
      fail_config("/data/split", "{} are more than the {} rows of {}", text(parts), rows,
                  table.origin());
    }
    left -= size;
    sizes.push_back(size);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].size > 0 && sizes[i] < 1) {
      fail_config("/data/split", "{} of the {} rows of {} leave no row for {}", text(parts), rows,
                  table.origin(), parts[i].what);
    }
  }
  return sizes;
}

}  // namespace gradus
