#include "framework/experiment/sweep_values.h"

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace gradus::experiment {
namespace {

std::string pointer_of(std::string_view key) { return json_pointer("/sweep/over", key); }

const Json::List& list_of(const std::string& key, const Json& value, std::string_view allowed) {
  const auto* list = value.get_if<Json::List>();
  if (list == nullptr || list->empty()) {
    fail_config(pointer_of(key), "must be {}, got {}", allowed, value.text());
  }
  return *list;
}

std::optional<double> number_of(const Json& value) {
  if (const auto* whole = value.get_if<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* number = value.get_if<double>()) return *number;
  return {};
}

/// A range of a key, from which numbers are drawn.
struct Range {
  std::string kind;
  double low = 0;
  double high = 0;
};

constexpr std::string_view kRanges =
    "a list of values, or a range such as {\"uniform\": [0, 0.5]}, {\"log_uniform\": [0.001, 1]} "
    "or {\"integer\": [1, 8]}";

Range range_of(const std::string& key, const Json& value) {
  const auto* object = value.get_if<Json::Object>();
  const auto refuse = [&] {
    fail_config(pointer_of(key), "must be {}, got {}", kRanges, value.text());
  };
  if (object == nullptr || object->size() != 1) refuse();
  const auto& [kind, ends] = object->front();
  const auto* list = ends.get_if<Json::List>();
  if (list == nullptr || list->size() != 2) refuse();
  const auto low = number_of(list->front());
  const auto high = number_of(list->back());
  const bool whole = list->front().get_if<std::int64_t>() && list->back().get_if<std::int64_t>();
  if (!low || !high || (kind != "uniform" && kind != "log_uniform" && kind != "integer")) refuse();
  const std::string at = json_pointer(pointer_of(key), kind);
  if (*low > *high) fail_config(at, "begins at {}, above its end {}", *low, *high);
  if (kind == "log_uniform" && *low <= 0) fail_config(at, "must begin above 0, got {}", *low);
  if (kind == "integer" && !whole) fail_config(at, "must be of whole numbers, got {}", ends.text());
  return {kind, *low, *high};
}

Json draw(const std::string& key, const Json& value, const Random& random, std::uint64_t row) {
  if (const auto* choices = value.get_if<Json::List>(); choices != nullptr && !choices->empty()) {
    const auto count = static_cast<std::int64_t>(choices->size());
    return (*choices)[static_cast<std::size_t>(random.integer(row, count))];
  }
  const Range range = range_of(key, value);
  if (range.kind == "integer") {
    const auto low = static_cast<std::int64_t>(range.low);
    return low + random.integer(row, static_cast<std::int64_t>(range.high) - low + 1);
  }
  const auto share = static_cast<double>(random.uniform(row, 0));
  const double drawn =
      range.kind == "uniform"
          ? range.low + share * (range.high - range.low)
          : std::exp(std::log(range.low) + share * (std::log(range.high) - std::log(range.low)));
  // Four figures are plenty to search by, and can be read; beyond an end they must not round.
  return std::min(range.high, std::max(range.low, std::stod(fmt::format("{:.4g}", drawn))));
}

}  // namespace

std::vector<Json> grid_of(const Json& over) {
  constexpr std::size_t kMost = 100'000;
  std::vector<Json> out = {Json::object()};
  for (const auto& [key, value] : over.members()) {
    const Json::List& values = list_of(key, value, "a list of one value or more");
    if (out.size() * values.size() > kMost) {
      fail_config("/sweep/over", "has more than {} combinations", kMost);
    }
    std::vector<Json> next;
    next.reserve(out.size() * values.size());
    for (const Json& before : out) {
      for (const Json& each : values) {
        next.push_back(before);
        next.back()[key] = each;
      }
    }
    out = std::move(next);
  }
  return out;
}

std::vector<Json> draws_of(const Json& over, std::int64_t seed, int count) {
  std::vector<Json> out(static_cast<std::size_t>(count), Json::object());
  for (const auto& [key, value] : over.members()) {
    const Random random(static_cast<std::uint64_t>(seed), "sweep " + key);
    for (std::size_t i = 0; i < out.size(); ++i) out[i][key] = draw(key, value, random, i);
  }
  return out;
}

}  // namespace gradus::experiment
