#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "framework/experiment/human.h"
#include "framework/experiment/report_sections.h"
#include "framework/train/baselines.h"
#include "framework/train/row_analysis.h"

namespace gradus::experiment {
namespace {

constexpr int kBins = 30;         // of predictions
constexpr double kOuter = 0.001;  // this share of rows on each side is put into the outermost
constexpr std::array kShares = {0.05, 0.25, 0.5, 0.75, 0.95};

/// A number without needless digits: "4", "3.5".
std::string label_text(double label) { return fmt::format("{:.6g}", label); }

std::string name_of(const LabelGroup& group) {
  return group.low == group.high
             ? label_text(group.low)
             : fmt::format("{} to {}", label_text(group.low), label_text(group.high));
}

std::string rows_text(std::size_t rows) { return human_count(static_cast<std::int64_t>(rows)); }

template <class T>
std::vector<T> values_at(std::span<const T> values, const std::vector<std::int32_t>& rows) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (const std::int32_t row : rows) out.push_back(values[static_cast<std::size_t>(row)]);
  return out;
}

ReportChart label_chart(const std::vector<LabelGroup>& groups, std::span<const float> ascending) {
  ReportChart out{.kind = "cells",
                  .title = "Predictions by true label",
                  .description =
                      "For each label, how its rows' predictions spread; the stronger the color, "
                      "the more of them. The line is the label itself.",
                  .x = "true",
                  .y = "predicted",
                  .columns = {"true", "mean of these labels", "predicted from", "to", "rows",
                              "share of the label's rows"}};
  const double low = quantile(ascending, kOuter);
  const double high = quantile(ascending, 1 - kOuter);
  const double width = high > low ? (high - low) / kBins : 1;
  for (const LabelGroup& group : groups) {
    std::array<std::int64_t, kBins> counts{};
    for (const float prediction : group.predictions) {
      const double bin = std::clamp(std::floor((prediction - low) / width), 0.0, kBins - 1.0);
      ++counts.at(static_cast<std::size_t>(bin));
    }
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
      if (counts.at(bin) == 0) continue;
      const double from = low + width * static_cast<double>(bin);
      out.rows.push_back(Json::list({name_of(group), chart_number(group.mean), chart_number(from),
                                     chart_number(from + width), counts.at(bin),
                                     chart_number(static_cast<double>(counts.at(bin)) /
                                                  static_cast<double>(group.predictions.size()))}));
    }
  }
  return out;
}

ReportTable label_table(const std::vector<LabelGroup>& groups) {
  ReportTable out{.title = "Predictions by true label: mean, and what 5% to 95% of them are below",
                  .columns = {"true", "rows", "mean"},
                  .rows = {}};
  for (const double share : kShares) out.columns.push_back(fmt::format("{:.0f}%", 100 * share));
  for (const LabelGroup& group : groups) {
    double sum = 0;
    for (const float prediction : group.predictions) sum += prediction;
    Cells cells = {name_of(group), rows_text(group.predictions.size()),
                   human_figure(sum / static_cast<double>(group.predictions.size()))};
    for (const double share : kShares) {
      cells.push_back(human_figure(quantile(group.predictions, share)));
    }
    out.rows.push_back(std::move(cells));
  }
  return out;
}

ReportSection labels_section(std::span<const float> predictions, std::span<const float> labels) {
  const std::vector<LabelGroup> groups = label_groups(predictions, labels);
  std::vector<float> ascending(predictions.begin(), predictions.end());
  std::ranges::sort(ascending);
  return {.id = "predictions",
          .title = "Predicted against true",
          .text = {fmt::format("All {} test rows{}.", rows_text(labels.size()),
                               groups.empty() || groups.front().low == groups.front().high
                                   ? ""
                                   : ", their labels in intervals of one width")},
          .blocks = {label_chart(groups, ascending).json(), label_table(groups).json()}};
}

ReportSection calibration_section(std::span<const float> predictions,
                                  std::span<const float> labels) {
  ReportChart chart{
      .kind = "diagonal",
      .title = "Mean label by prediction",
      .description = "",
      .x = "mean prediction",
      .y = "mean label",
      .columns = {"mean prediction", "mean label", "95% interval from", "to", "rows"}};
  double worst = 0;
  for (const CalibrationBin& bin : calibration_bins(predictions, labels)) {
    const double half = bin.label.half_interval.value_or(0);
    worst = std::max(worst, std::abs(bin.label.mean - bin.prediction));
    chart.rows.push_back(Json::list({chart_number(bin.prediction), chart_number(bin.label.mean),
                                     chart_number(bin.label.mean - half),
                                     chart_number(bin.label.mean + half), bin.label.count}));
  }
  chart.description = fmt::format(
      "The rows in the order of their predictions, cut into {} parts. On the dashed line labels "
      "are "
      "what was predicted; the largest distance to it is {}. Bars: 95% intervals of the mean "
      "label.",
      chart.rows.size(), human_figure(worst));
  return {
      .id = "calibration",
      .title = "Calibration",
      .text = {"Whether rows for which about so much was predicted have that label on average."},
      .blocks = {chart.json()}};
}

/// A model or baseline, and what it predicts for the test rows.
using NamedPredictions = std::vector<std::pair<std::string, std::span<const float>>>;

Json frequency_block(const MeasuredRows& rows, const Encoded::Ids& column,
                     const NamedPredictions& beside, std::span<const float> labels) {
  PredictedRows test{.labels = labels, .predictions = {}};
  ReportChart chart{
      .kind = "lines",
      .title = fmt::format("Error by training rows of the test row's {}", column.name),
      .description = {},
      .x = "training rows of " + column.name,
      .y = "root mean squared error",
      .columns = {"training rows"}};
  for (const auto& [name, predictions] : beside) {
    test.predictions.push_back(predictions);
    chart.columns.push_back(name);
  }
  const std::string what = std::string(name(column.kind)) + "s";
  chart.columns.insert(chart.columns.end(), {"test rows", what});
  const std::span<const std::int32_t> ids = column.ids;
  const auto bands =
      errors_by_frequency(values_at(ids, rows.split.train), values_at(ids, rows.split.test), test);
  for (const FrequencyBand& band : bands) {
    Json row = Json::list({band_name(band)});
    for (const double error : band.errors) row.push_back(chart_number(error));
    row.push_back(band.rows);
    row.push_back(band.ids);
    chart.rows.push_back(std::move(row));
  }
  chart.description = fmt::format(
      "From {} test rows whose {} has {} training rows to {} with {}: the model's error goes from "
      "{} "
      "to {}.",
      human_count(bands.front().rows), name(column.kind), band_name(bands.front()),
      human_count(bands.back().rows), band_name(bands.back()),
      human_figure(bands.front().errors.front()), human_figure(bands.back().errors.front()));
  chart.more = {{"series", beside.size()}};
  return chart.json();
}

ReportSection frequency_section(const MeasuredRows& rows, std::span<const float> labels) {
  ReportSection out{.id = "errors",
                    .title = "Error by activity and popularity",
                    .text = {"The root mean squared difference of prediction and label, each row "
                             "counted once, beside the same of trivial predictions."}};
  const std::vector<Baseline> others =
      rows.split.train.empty() ? std::vector<Baseline>() : baselines(rows.data, rows.split);
  NamedPredictions beside = {{"model", rows.predictions}};
  for (const Baseline& other : others) beside.emplace_back(other.name, other.predictions);
  for (const Encoded::Ids* column : {rows.data.user(), rows.data.item()}) {
    if (column != nullptr) out.blocks.push_back(frequency_block(rows, *column, beside, labels));
  }
  if (out.blocks.empty()) out.text = {"The data have no user and no item column."};
  return out;
}

}  // namespace

std::vector<ReportSection> row_sections(const MeasuredRows& rows) {
  const std::vector<float> labels = values_at(rows.data.labels(), rows.split.test);
  const bool finite =
      std::ranges::all_of(rows.predictions, [](float number) { return std::isfinite(number); });
  if (!finite) {
    return {{.id = "predictions",
             .title = "Predicted against true",
             .text = {"Not all predictions are finite numbers."}}};
  }
  return {labels_section(rows.predictions, labels), calibration_section(rows.predictions, labels),
          frequency_section(rows, labels)};
}

}  // namespace gradus::experiment
