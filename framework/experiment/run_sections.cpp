#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "framework/core/error.h"
#include "framework/experiment/config_table.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/report_sections.h"
#include "framework/experiment/run_folder.h"

namespace gradus::experiment {
namespace {

constexpr std::size_t kMostBars = 20;

std::string figure_text(const std::optional<double>& figure) {
  return figure ? human_figure(*figure) : "-";
}

std::string text_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  const auto* text = value ? value->get_if<std::string>() : nullptr;
  return text ? *text : "";
}

/// The members of an object at a key; none where there is no object.
Json::Object members_at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  const auto* members = value ? value->get_if<Json::Object>() : nullptr;
  return members ? *members : Json::Object();
}

/// The first metric of the test rows, of the model and of each baseline.
ReportChart baselines_chart(const Json& result, const std::string& figure) {
  ReportChart out{.kind = "bars",
                  .title = figure + " of the test rows",
                  .description = {},
                  .x = figure,
                  .columns = {"", figure}};
  const auto add = [&](const std::string& name, const std::optional<double>& value) {
    if (!value) return;
    out.rows.push_back(Json::list({name, chart_number(*value)}));
    out.description +=
        fmt::format("{}{} {}", out.description.empty() ? "" : ", ", name, human_figure(*value));
  };
  add("model", number_at(result, {"test", figure}));
  for (const auto& [name, figures] : members_at(result, "baselines")) {
    add(name, number_at(figures, {figure}));
  }
  out.description += '.';
  out.more = {{"strong", "model"}};
  return out;
}

}  // namespace

ReportSection results_section(const RunRecord& record) {
  ReportSection out{.id = "results", .title = "Result beside trivial baselines"};
  if (!record.result) {
    out.text = {"There is no result: the training did not come to its end."};
    return out;
  }
  const Json& result = *record.result;
  const Json::Object baselines = members_at(result, "baselines");
  const bool validation = result.find("validation") != nullptr;
  ReportTable table{.title = "Figures of the test rows, and of the validation rows",
                    .columns = {"figure", "model"},
                    .rows = {}};
  if (!validation) table.title = "Figures of the test rows";
  for (const auto& [name, figures] : baselines) table.columns.push_back(name);
  if (validation) table.columns.emplace_back("model, validation");
  const bool regularized = number_at(result, {"test", "regularization_loss"}).value_or(0) != 0;
  std::string first;
  for (const auto& [figure, value] : members_at(result, "test")) {
    const bool of_regularization = figure == "regularization_loss" || figure == "total_loss";
    if (figure == "rows" || (of_regularization && !regularized)) continue;
    if (first.empty()) first = figure;
    Cells cells = {figure, figure_text(number_at(result, {"test", figure}))};
    for (const auto& [name, figures] : baselines) {
      cells.push_back(figure_text(number_at(figures, {figure})));
    }
    if (validation) cells.push_back(figure_text(number_at(result, {"validation", figure})));
    table.rows.push_back(std::move(cells));
  }
  if (!first.empty()) out.blocks.push_back(baselines_chart(result, first).json());
  out.blocks.push_back(table.json());
  out.text.push_back(
      fmt::format("The predictions' standard deviation is {}.",
                  figure_text(number_at(result, {"spread", "prediction_standard_deviation"}))));
  const auto order = number_at(result, {"spread", "order_correlation"});
  out.text.push_back(
      order
          ? fmt::format("Order correlation {} over {} users and {} items: 1 means that everybody "
                        "gets the same list.",
                        human_figure(*order), number_at(result, {"spread", "users"}).value_or(0),
                        number_at(result, {"spread", "items"}).value_or(0))
          : "The data have no user and no item column: no damped biases and no order correlation.");
  const Json* chosen = result.find("chosen");
  if (chosen != nullptr && text_at(*chosen, "what") == "epoch") {
    out.text.push_back(
        fmt::format("The weights are those of epoch {}, where {} of the validation rows was best.",
                    number_at(*chosen, {"epoch"}).value_or(0), text_at(*chosen, "metric")));
  }
  return out;
}

ReportSection time_section(RunRecord& record) {
  ReportSection out{.id = "time", .title = "Time by node"};
  std::error_code error;
  const std::filesystem::path file = record.folder / kRunProfile;
  Json profile;
  try {
    if (std::filesystem::exists(file, error)) profile = parse_json(read_file(file), file.string());
  } catch (const Error& unreadable) {
    record.problems.emplace_back(unreadable.what());
  }
  const Json* plan = profile.find("plan");
  if (plan == nullptr || plan->get_if<Json::List>() == nullptr) {
    out.text = {
        "This run was not profiled: gradus train … --profile notes what each step of the plan "
        "takes."};
    return out;
  }
  const double steps = std::max(1.0, number_at(profile, {"steps"}).value_or(1));
  const double all = number_at(profile, {"seconds"}).value_or(0);
  std::vector<std::pair<double, std::string>> nodes;
  for (const Json& node : plan->elements()) {
    const std::string scope = text_at(node, "scope");
    nodes.emplace_back(
        number_at(node, {"seconds"}).value_or(0),
        text_at(node, "op") +
            (scope.empty() ? "" : fmt::format(" ({}) {}", scope, text_at(node, "shape"))));
  }
  const Json* parts = profile.find("parts");
  if (parts != nullptr && parts->get_if<Json::List>() != nullptr) {
    for (const Json& part : parts->elements()) {
      nodes.emplace_back(number_at(part, {"seconds"}).value_or(0), text_at(part, "name"));
    }
  }
  nodes.emplace_back(number_at(profile, {"waiting_seconds"}).value_or(0), "waiting");
  std::ranges::stable_sort(nodes, std::greater(), &std::pair<double, std::string>::first);
  ReportChart chart{.kind = "bars",
                    .title = "Milliseconds of a training step",
                    .description = {},
                    .x = "ms per step",
                    .columns = {"node", "ms per step", "share"},
                    .wide = true};
  std::set<std::string> names;
  for (auto& [seconds, name] : nodes) {
    if (chart.rows.size() == kMostBars) break;
    while (!names.insert(name).second) name += '\'';  // another node of the same name
    chart.rows.push_back(Json::list(
        {name, chart_number(1e3 * seconds / steps), chart_number(all > 0 ? seconds / all : 0)}));
  }
  chart.description = fmt::format(
      "The {} that take most of {}, a mean of {} training steps, times of {} workers added up: "
      "{:.3f} ms.",
      chart.rows.size(), nodes.size(), human_count(static_cast<std::int64_t>(steps)),
      number_at(profile, {"workers"}).value_or(1), 1e3 * all / steps);
  out.blocks.push_back(chart.json());
  return out;
}

ReportSection config_section(const Json& config) {
  ReportTable table{.title = "All keys, as --set takes them",
                    .columns = {"key", "value"},
                    .rows = {},
                    .words = 2,
                    .wide = true};
  for (auto& [key, value] : config_keys(config))
    table.rows.push_back({std::move(key), std::move(value)});
  return {.id = "config", .title = "Config", .blocks = {table.json()}};
}

ReportSection machine_section(const Json& result) {
  ReportSection out{.id = "machine", .title = "Time and machine"};
  ReportTable seconds{.title = "What took how long", .columns = {"part", "time"}, .rows = {}};
  for (const auto& [name, value] : members_at(result, "seconds")) {
    const auto number = number_at(result, {"seconds", name});
    if (number) seconds.rows.push_back({name, human_seconds(*number)});
  }
  ReportTable made{.title = "Made by, on", .columns = {"what", "which"}, .rows = {}, .words = 2};
  for (const char* key : {"versions", "machine"}) {
    for (const auto& [name, value] : members_at(result, key)) {
      const auto* text = value.get_if<std::string>();
      made.rows.push_back({name, text ? *text : value.text()});
    }
  }
  out.blocks = {seconds.json(), made.json()};
  return out;
}

}  // namespace gradus::experiment
