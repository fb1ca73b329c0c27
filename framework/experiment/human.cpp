#include "framework/experiment/human.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>

namespace gradus::experiment {
namespace {

/// Three figures: "1.23", "12.3", "123".
std::string three_figures(double number) {
  if (std::abs(number) >= 99.95) return fmt::format("{:.0f}", number);
  return fmt::format("{:.{}f}", number, std::abs(number) >= 9.995 ? 1 : 2);
}

/// Divides by 1000 until it is below 999.5, so that no "1000 k" is shown.
std::size_t scale(double& number, std::size_t units) {
  std::size_t unit = 0;
  while (std::abs(number) >= 999.5 && unit + 1 < units) {
    number /= 1000;
    ++unit;
  }
  return unit;
}

}  // namespace

std::string human_figure(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4f}", value);
}

std::string human_count(std::int64_t count) {
  std::string out = std::to_string(count);
  const std::size_t sign = count < 0 ? 1 : 0;
  for (std::size_t i = out.size(); i > sign + 3; i -= 3) out.insert(i - 3, 1, ',');
  return out;
}

std::string human_bytes(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  auto number = static_cast<double>(bytes);
  const std::size_t unit = scale(number, kUnits.size());
  return unit == 0 ? fmt::format("{} B", bytes)
                   : fmt::format("{} {}", three_figures(number), kUnits.at(unit));
}

std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds)) return "?";
  if (seconds < 0.0009995) return fmt::format("{} us", three_figures(seconds * 1e6));
  if (seconds < 0.9995) return fmt::format("{} ms", three_figures(seconds * 1e3));
  if (seconds < 59.95) return fmt::format("{} s", three_figures(seconds));
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string human_quantity(double number) {
  if (!std::isfinite(number)) return "?";
  constexpr std::array<std::string_view, 5> kUnits{"", " thousand", " million", " billion",
                                                   " trillion"};
  const std::size_t unit = scale(number, kUnits.size());
  if (unit == 0 && std::trunc(number) == number) return fmt::format("{:.0f}", number);
  return three_figures(number) + std::string(kUnits.at(unit));
}

std::string human_prefix(double number) {
  if (!std::isfinite(number)) return "?";
  constexpr std::array<std::string_view, 5> kPrefixes{"", "k", "M", "G", "T"};
  const std::size_t unit = scale(number, kPrefixes.size());
  if (unit == 0 && std::trunc(number) == number) return fmt::format("{:.0f}", number);
  return unit == 0 ? three_figures(number)
                   : fmt::format("{} {}", three_figures(number), kPrefixes.at(unit));
}

}  // namespace gradus::experiment
