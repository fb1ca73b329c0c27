#include "framework/core/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace gradus {

std::string Allowed::text() const {
  std::string out;
  if (!names.empty()) {
    out = fmt::format("one of: {}", fmt::join(names, ", "));
  } else if (folder_name) {
    out = fmt::format("the name of a folder (no \"/\", no \".\" in front, 1 to {} bytes)",
                      kLongestFolderName);
  } else if (minimum && maximum) {
    out = fmt::format("from {} to {}", *minimum, *maximum);
  } else if (minimum) {
    out =
        exclusive_minimum ? fmt::format("above {}", *minimum) : fmt::format("{} or more", *minimum);
  }
  if (each && !out.empty()) out = "each " + out;
  if (minimum_length > 0) {
    out += fmt::format("{}at least {} of them", out.empty() ? "" : ", ", minimum_length);
  }
  return out;
}

Allowed range(double minimum, double maximum) { return {.minimum = minimum, .maximum = maximum}; }
Allowed above(double minimum) { return {.minimum = minimum, .exclusive_minimum = true}; }
Allowed at_least(double minimum) { return {.minimum = minimum}; }
Allowed one_of(std::vector<std::string> names) { return {.names = std::move(names)}; }
Allowed anything() { return {}; }
Allowed path() { return {.path = true}; }
Allowed folder_name() { return {.folder_name = true}; }

Allowed each(Allowed element) {
  element.each = true;
  return element;
}

Allowed required(Allowed allowed) {
  allowed.required = true;
  return allowed;
}

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from a to b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row.back();
}

}  // namespace

bool is_folder_name(std::string_view text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c != '/' && static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
  return plain && !text.empty() && !text.starts_with('.') && text.size() <= kLongestFolderName;
}

std::string_view before_number(std::string_view name) {
  return name.ends_with("@k") ? name.substr(0, name.size() - 1) : std::string_view();
}

bool is_one_of(std::string_view text, const std::vector<std::string>& names) {
  constexpr std::size_t kMostDigits = 9;
  return std::ranges::any_of(names, [text](std::string_view name) {
    const std::string_view before = before_number(name);
    if (before.empty()) return text == name;
    if (!text.starts_with(before)) return false;
    const std::string_view number = text.substr(before.size());
    const bool digits = std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    return digits && !number.empty() && number.size() <= kMostDigits && number.front() != '0';
  });
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& names) {
  constexpr std::size_t kLongest = 256;  // the cost is the product of both lengths
  if (word.empty() || word.size() > kLongest) return "";
  const std::string given = lower(word);
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 2) + 1;
  for (const std::string& candidate : names) {
    const std::string name = lower(candidate);
    std::size_t distance = edit_distance(given, name);
    if (given.size() >= 3 && name.starts_with(given)) distance = std::min<std::size_t>(distance, 1);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace gradus
