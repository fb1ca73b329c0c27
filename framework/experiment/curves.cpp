#include "framework/experiment/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "framework/experiment/human.h"

namespace gradus::experiment {
namespace {

constexpr std::size_t kMostEpochs = 1000;
constexpr std::size_t kMostSteps = 500;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// "1 to 3 of 2,000", or "" where each part is one.
std::string means_text(std::size_t whole, std::size_t parts, std::string_view of) {
  if (whole <= parts) return "";
  return fmt::format(" Each point is the mean of {} to {} of the {} {}.", whole / parts,
                     (whole + parts - 1) / parts, human_count(static_cast<std::int64_t>(whole)),
                     of);
}

/// Where part `i` of `parts`, of equally many of `whole`, begins.
std::size_t begin_of(std::size_t i, std::size_t whole, std::size_t parts) {
  return i * whole / parts;
}

/// "training from 5.1877 at 1 to 1.2448 at 3, least 1.2448 at 3".
std::string course(const Curve& curve) {
  const auto& points = curve.points;
  if (points.empty()) return curve.name + " has no finite value";
  const auto least = std::ranges::min_element(points, {}, &std::pair<double, double>::second);
  const auto most = std::ranges::max_element(points, {}, &std::pair<double, double>::second);
  return fmt::format("{}: {} at {} to {} at {}, lowest {} at {}, highest {} at {}", curve.name,
                     human_figure(points.front().second), points.front().first,
                     human_figure(points.back().second), points.back().first,
                     human_figure(least->second), least->first, human_figure(most->second),
                     most->first);
}

double mean_of(const std::vector<double>& numbers) {
  double sum = 0;
  std::int64_t count = 0;
  for (const double number : numbers) {
    if (!std::isfinite(number)) continue;
    sum += number;
    ++count;
  }
  return count == 0 ? kNone : sum / static_cast<double>(count);
}

bool differs(const RunRecord& record, std::string_view a, std::string_view b) {
  return std::ranges::any_of(record.epochs, [&](const Json& epoch) {
    return number_at(epoch, {a}) != number_at(epoch, {b});
  });
}

}  // namespace

Curve epoch_curve(const RunRecord& record, const std::string& name, std::string_view key) {
  Curve out{.name = name, .points = {}};
  for (const Json& epoch : record.epochs) {
    const auto x = number_at(epoch, {"epoch"});
    const auto y = number_at(epoch, {key});
    if (x && y) out.points.emplace_back(*x, *y);
  }
  return out;
}

ReportChart epoch_chart(const std::string& figure, const std::vector<Curve>& curves) {
  ReportChart out{.kind = "lines",
                  .title = figure + " by epoch",
                  .description = {},
                  .x = "epoch",
                  .y = figure,
                  .columns = {"epoch"}};
  std::map<double, std::vector<double>> rows;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    out.columns.push_back(curves[k].name);
    out.description += (k == 0 ? "" : "; ") + course(curves[k]);
    for (const auto& [x, y] : curves[k].points) {
      auto& row = rows[x];
      row.resize(curves.size(), kNone);
      row[k] = y;
    }
  }
  out.description += '.';
  const std::vector<std::pair<double, std::vector<double>>> all(rows.begin(), rows.end());
  const std::size_t parts = std::min(all.size(), kMostEpochs);
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t begin = begin_of(i, all.size(), parts);
    const std::size_t end = begin_of(i + 1, all.size(), parts);
    Json row = Json::list({chart_number(all[end - 1].first)});
    for (std::size_t k = 0; k < curves.size(); ++k) {
      std::vector<double> numbers;
      numbers.reserve(end - begin);
      for (std::size_t at = begin; at < end; ++at) numbers.push_back(all[at].second[k]);
      row.push_back(chart_number(mean_of(numbers)));
    }
    out.rows.push_back(std::move(row));
  }
  out.description += means_text(all.size(), parts, "epochs");
  out.more = {{"series", curves.size()}};
  return out;
}

ReportChart step_chart(const std::vector<StepPoint>& steps) {
  Curve curve{.name = "training", .points = {}};
  for (const StepPoint& step : steps) {
    if (std::isfinite(step.loss)) {
      curve.points.emplace_back(static_cast<double>(step.step), step.loss);
    }
  }
  ReportChart out{.kind = "lines",
                  .title = "loss by step",
                  .description = course(curve) + ".",
                  .x = "step",
                  .y = "loss",
                  .columns = {"step", "training", "lowest", "highest"}};
  const auto& points = curve.points;
  const std::size_t parts = std::min(points.size(), kMostSteps);
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t begin = begin_of(i, points.size(), parts);
    const std::size_t end = begin_of(i + 1, points.size(), parts);
    std::vector<double> losses;
    losses.reserve(end - begin);
    for (std::size_t at = begin; at < end; ++at) losses.push_back(points[at].second);
    const auto [least, most] = std::ranges::minmax(losses);
    out.rows.push_back(
        Json::list({chart_number(points[end - 1].first), chart_number(mean_of(losses)),
                    chart_number(least), chart_number(most)}));
  }
  if (points.size() > parts) {
    out.description += means_text(points.size(), parts, "steps") +
                       " The band reaches from the lowest to the highest of them.";
  } else {
    out.columns.resize(2);
    for (Json& row : out.rows) row.get_if<Json::List>()->resize(2);
  }
  out.more = {{"series", 1}, {"band", points.size() > parts}};
  return out;
}

std::vector<std::string> epoch_figures(const RunRecord& record) {
  static constexpr std::array<std::string_view, 5> kOther = {"epoch", "step", "examples", "seconds",
                                                             "last_batch_loss"};
  std::vector<std::string> out;
  if (record.epochs.empty()) return out;
  const bool regularized = differs(record, "loss", "total_loss");
  for (const auto& [key, value] : record.epochs.front().members()) {
    const bool other = std::ranges::find(kOther, key) != kOther.end();
    const bool of_regularization = key == "total_loss" || key == "regularization_loss";
    if (other || key.starts_with("validation_") || (of_regularization && !regularized)) continue;
    out.push_back(key);
  }
  return out;
}

ReportSection curves_section(const RunRecord& record, const std::vector<StepPoint>& steps) {
  ReportSection out{.id = "curves", .title = "Curves"};
  for (const std::string& figure : epoch_figures(record)) {
    std::vector<Curve> curves = {epoch_curve(record, "training", figure),
                                 epoch_curve(record, "validation", "validation_" + figure)};
    std::erase_if(curves, [](const Curve& curve) { return curve.points.empty(); });
    if (!curves.empty()) out.blocks.push_back(epoch_chart(figure, curves).json());
  }
  const bool finite =
      std::ranges::any_of(steps, [](const StepPoint& step) { return std::isfinite(step.loss); });
  if (finite) {
    out.blocks.push_back(step_chart(steps).json());
    const auto rate = std::ranges::minmax(steps, {}, &StepPoint::learning_rate);
    if (rate.min.learning_rate < rate.max.learning_rate) {
      std::vector<StepPoint> rates = steps;
      for (StepPoint& step : rates) step.loss = step.learning_rate;
      ReportChart chart = step_chart(rates);
      chart.title = "learning rate by step";
      chart.y = "learning rate";
      out.blocks.push_back(chart.json());
    }
  }
  if (record.epochs.empty()) out.text.emplace_back("No epoch was finished.");
  if (!finite) out.text.emplace_back("No step has a finite loss.");
  return out;
}

}  // namespace gradus::experiment
