#include "framework/train/row_analysis.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "framework/core/error.h"

namespace gradus {
namespace {

constexpr std::size_t kMostLabels = 20;
constexpr int kLabelIntervals = 12;

void check(std::span<const float> predictions, std::span<const float> labels) {
  if (predictions.size() != labels.size()) {
    fail("analysis: {} predictions, {} labels", predictions.size(), labels.size());
  }
  const auto finite = [](float number) { return std::isfinite(number); };
  if (!std::ranges::all_of(predictions, finite)) fail("analysis: a prediction is not finite");
  if (!std::ranges::all_of(labels, finite)) fail("analysis: a label is not finite");
}

/// The next of 1, 2, 5, 10, 20, 50, …
std::int64_t next_edge(std::int64_t edge) {
  std::int64_t power = 1;
  while (edge >= 10 * power) power *= 10;
  const std::int64_t digit = edge / power;
  return digit < 1 ? 1 : digit < 2 ? 2 * power : digit < 5 ? 5 * power : 10 * power;
}

/// Where a group of labels begins, and its rows.
using RowsOfLabels = std::map<double, std::vector<std::size_t>>;

RowsOfLabels rows_of_labels(std::span<const float> labels) {
  RowsOfLabels out;
  if (labels.empty()) return out;
  std::set<float> distinct;
  for (const float label : labels) {
    if (distinct.size() > kMostLabels) break;
    distinct.insert(label);
  }
  const auto [least, most] = std::ranges::minmax(labels);
  const double width = (static_cast<double>(most) - least) / kLabelIntervals;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    double begin = labels[row];
    if (distinct.size() > kMostLabels) {
      begin = std::min(kLabelIntervals - 1.0, std::floor((begin - least) / width));
    }
    out[begin].push_back(row);
  }
  return out;
}

}  // namespace

std::vector<CalibrationBin> calibration_bins(std::span<const float> predictions,
                                             std::span<const float> labels, int bins) {
  check(predictions, labels);
  std::vector<std::size_t> order(predictions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t row) { return predictions[row]; });
  std::vector<CalibrationBin> out;
  std::size_t begin = 0;
  for (int bin = 1; bin <= bins; ++bin) {
    std::size_t end = order.size() * static_cast<std::size_t>(bin) / static_cast<std::size_t>(bins);
    if (end <= begin) continue;
    while (end < order.size() && predictions[order[end]] == predictions[order[end - 1]]) ++end;
    double sum = 0;
    std::vector<double> truth;
    truth.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      sum += predictions[order[i]];
      truth.push_back(labels[order[i]]);
    }
    out.push_back(
        {.prediction = sum / static_cast<double>(end - begin), .label = summarize(truth)});
    begin = end;
  }
  return out;
}

std::vector<LabelGroup> label_groups(std::span<const float> predictions,
                                     std::span<const float> labels) {
  check(predictions, labels);
  std::vector<LabelGroup> out;
  for (const auto& [begin, rows] : rows_of_labels(labels)) {
    LabelGroup& group = out.emplace_back();
    group.low = group.high = labels[rows.front()];
    double sum = 0;
    group.predictions.reserve(rows.size());
    for (const std::size_t row : rows) {
      const double label = labels[row];
      group.low = std::min(group.low, label);
      group.high = std::max(group.high, label);
      sum += label;
      group.predictions.push_back(predictions[row]);
    }
    group.mean = sum / static_cast<double>(rows.size());
    std::ranges::sort(group.predictions);
  }
  return out;
}

double quantile(std::span<const float> ascending, double share) {
  if (ascending.empty()) fail("analysis: there are no numbers");
  const double place = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  const double low = ascending[below];
  return low + (place - static_cast<double>(below)) * (ascending[above] - low);
}

std::vector<FrequencyBand> errors_by_frequency(std::span<const std::int32_t> train_ids,
                                               std::span<const std::int32_t> test_ids,
                                               const PredictedRows& test) {
  std::unordered_map<std::int32_t, std::int64_t> counts;
  for (const std::int32_t id : train_ids) ++counts[id];
  std::map<std::int64_t, FrequencyBand> bands;
  std::map<std::int64_t, std::unordered_set<std::int32_t>> seen;
  for (std::size_t row = 0; row < test_ids.size(); ++row) {
    const auto found = counts.find(test_ids[row]);
    const std::int64_t count = found == counts.end() ? 0 : found->second;
    std::int64_t least = 0;
    while (next_edge(least) <= count) least = next_edge(least);
    FrequencyBand& band = bands[least];
    band.least = least;
    band.most = next_edge(least) - 1;
    band.errors.resize(test.predictions.size());
    ++band.rows;
    seen[least].insert(test_ids[row]);
    for (std::size_t k = 0; k < test.predictions.size(); ++k) {
      const double error = static_cast<double>(test.predictions[k][row]) - test.labels[row];
      band.errors[k] += error * error;
    }
  }
  std::vector<FrequencyBand> out;
  out.reserve(bands.size());
  for (auto& [least, band] : bands) {
    band.ids = static_cast<std::int64_t>(seen[least].size());
    for (double& error : band.errors) error = std::sqrt(error / static_cast<double>(band.rows));
    out.push_back(std::move(band));
  }
  return out;
}

std::string band_name(const FrequencyBand& band) {
  return band.least == band.most ? fmt::format("{}", band.least)
                                 : fmt::format("{} to {}", band.least, band.most);
}

}  // namespace gradus
