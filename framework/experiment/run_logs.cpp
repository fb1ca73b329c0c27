#include "framework/experiment/run_logs.h"

#include <fmt/format.h>

#include <utility>

#include "framework/experiment/run_folder.h"

namespace gradus::experiment {
namespace {

std::int64_t bytes_in(const LogBytes& kept, std::string_view file) {
  const auto found = kept.find(file);
  return found == kept.end() ? 0 : found->second;
}

/// The line's figures, each with `prefix` before its key; not what is undefined.
EventFile::Scalars scalars(const Json& line, std::string_view prefix) {
  EventFile::Scalars out;
  for (const auto& [key, value] : line.members()) {
    if (key == "epoch" || key == "step") continue;
    if (const auto* number = value.get_if<double>()) {
      // A metric that the rows do not define is no number.
      if (*number == *number) out.emplace_back(fmt::format("{}/{}", prefix, key), *number);
    } else if (const auto* whole = value.get_if<std::int64_t>()) {
      out.emplace_back(fmt::format("{}/{}", prefix, key), static_cast<double>(*whole));
    }
  }
  return out;
}

}  // namespace

RunLogs::RunLogs(const std::filesystem::path& run, const LogsConfig& config, const LogBytes& kept)
    : steps_(run / kRunSteps, bytes_in(kept, kRunSteps)),
      metrics_(run / kRunMetrics, bytes_in(kept, kRunMetrics)) {
  if (config.csv) {
    steps_table_.emplace(run / kRunStepsCsv, bytes_in(kept, kRunStepsCsv));
    metrics_table_.emplace(run / kRunMetricsCsv, bytes_in(kept, kRunMetricsCsv));
  }
  if (config.tensorboard) events_.emplace(run / kRunEvents, bytes_in(kept, kRunEvents));
}

void RunLogs::Table::write(const Json& line) {
  std::string names;
  std::string row;
  for (const auto& [key, value] : line.members()) {
    if (!row.empty()) {
      names += ',';
      row += ',';
    }
    names += key;
    const std::string text = value.text();
    if (text != "null") row += text;
  }
  if (log.bytes() == 0) row.insert(0, names + "\n");
  log.write(row + "\n");
}

void RunLogs::step(const Json& line) {
  steps_.write(line.text() + "\n");
  if (steps_table_) steps_table_->write(line);
  if (events_) events_->write(*line.find("step")->get_if<std::int64_t>(), scalars(line, "step"));
}

void RunLogs::epoch(const Json& line) {
  metrics_.write(line.text() + "\n");
  if (metrics_table_) metrics_table_->write(line);
  if (events_) events_->write(*line.find("epoch")->get_if<std::int64_t>(), scalars(line, "epoch"));
}

void RunLogs::histogram(std::int64_t epoch, std::string_view tag, const Histogram& histogram) {
  events_->write(epoch, tag, histogram);
}

void RunLogs::config(std::int64_t step, const Json& config) {
  events_->write(step, "config", "```json\n" + config.text(2) + "\n```");
}

template <class Self, class Each>
void RunLogs::each(Self& self, const Each& each) {
  each(kRunSteps, self.steps_);
  each(kRunMetrics, self.metrics_);
  if (self.steps_table_) each(kRunStepsCsv, self.steps_table_->log);
  if (self.metrics_table_) each(kRunMetricsCsv, self.metrics_table_->log);
  if (self.events_) each(kRunEvents, *self.events_);
}

void RunLogs::sync() {
  each(*this, [](std::string_view, auto& log) { log.sync(); });
}

void RunLogs::close() {
  each(*this, [](std::string_view, auto& log) { log.close(); });
}

LogBytes RunLogs::bytes() const {
  LogBytes out;
  each(*this, [&out](std::string_view file, const auto& log) { out.emplace(file, log.bytes()); });
  return out;
}

}  // namespace gradus::experiment
