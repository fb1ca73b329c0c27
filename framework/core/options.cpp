#include "framework/core/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace gradus {

std::string Allowed::text() const {
  std::string out;
  if (!names.empty()) {
    out = fmt::format("one of: {}", fmt::join(names, ", "));
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

Allowed each(Allowed element) {
  element.each = true;
  return element;
}

Allowed required(Allowed allowed) {
  allowed.required = true;
  return allowed;
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : names) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t substitute = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace gradus
