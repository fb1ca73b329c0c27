#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "framework/experiment/curves.h"
#include "framework/experiment/human.h"
#include "framework/experiment/plan_table.h"
#include "framework/experiment/run_comparison.h"

namespace gradus::experiment {
namespace {

constexpr std::size_t kLongValue = 60;  // of a config, in a terminal's table

Json json_of(const Summary& summary) {
  Json out = Json::object({{"n", summary.count}, {"mean", summary.mean}});
  if (summary.half_interval) {
    out["interval_95"] =
        Json::list({summary.mean - *summary.half_interval, summary.mean + *summary.half_interval});
  }
  return out;
}

/// "1.1108", or where all such figures are whole "116,641".
std::string number_text(double number, bool whole) {
  return whole ? human_count(static_cast<std::int64_t>(number)) : human_figure(number);
}

/// Whether a figure is a count, and the same in all of a run's trainings.
bool is_whole(const ComparedFigure& figure) {
  return std::ranges::all_of(figure.values, [](const std::optional<Summary>& value) {
    return !value ||
           (value->half_interval.value_or(0) == 0 && value->mean == std::trunc(value->mean));
  });
}

/// "1.1108 ± 0.0026".
std::string value_text(const std::optional<Summary>& summary, bool whole) {
  if (!summary) return "-";
  std::string out = number_text(summary->mean, whole);
  if (summary->half_interval && !whole) out += " ± " + human_figure(*summary->half_interval);
  return out;
}

/// "-0.0123", "-0.0150 to -0.0096", "20 pairs, p 0.003".
Cells difference_cells(const ComparedFigure& figure, std::size_t run) {
  const std::optional<PairedTest>& test = figure.against[run];
  if (!test) return {"-", "-", "-"};
  const Summary& difference = test->difference;
  const bool whole = is_whole(figure);
  if (!difference.half_interval || whole) {
    return {(difference.mean > 0 ? "+" : "") + number_text(difference.mean, whole), "-", "-"};
  }
  return {
      fmt::format("{:+.4f}", difference.mean),
      fmt::format("{:+.4f} to {:+.4f}", difference.mean - *difference.half_interval,
                  difference.mean + *difference.half_interval),
      fmt::format("{}p {:.2g}",
                  figure.paired[run] ? fmt::format("{} pairs, ", difference.count) : "", test->p)};
}

bool has_intervals(const RunComparison& comparison) {
  return std::ranges::any_of(comparison.figures, [](const ComparedFigure& figure) {
    return std::ranges::any_of(figure.against, [](const std::optional<PairedTest>& test) {
      return test && test->difference.half_interval.has_value();
    });
  });
}

std::vector<Cells> figures_table(const RunComparison& comparison) {
  const bool intervals = has_intervals(comparison);
  Cells head = {"figure"};
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    head.push_back(comparison.runs[i].name);
    if (i == 0) continue;
    head.emplace_back("difference");
    if (intervals) head.insert(head.end(), {"95% interval", "test"});
  }
  std::vector<Cells> out = {head};
  for (const ComparedFigure& figure : comparison.figures) {
    Cells cells = {figure.name};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
      cells.push_back(value_text(figure.values[i], is_whole(figure)));
      if (i == 0) continue;
      const Cells difference = difference_cells(figure, i);
      cells.insert(cells.end(), difference.begin(),
                   intervals ? difference.end() : difference.begin() + 1);
    }
    out.push_back(std::move(cells));
  }
  return out;
}

std::vector<Cells> config_table(const RunComparison& comparison, std::size_t longest) {
  std::vector<Cells> out = {{"key"}};
  for (const ComparedRun& run : comparison.runs) out.front().push_back(run.name);
  for (const ConfigDifference& difference : comparison.config) {
    Cells& cells = out.emplace_back(Cells{difference.key});
    for (const std::string& value : difference.values) {
      std::string shown = value.empty() ? "-" : value;
      if (shown.size() > longest) shown = shown.substr(0, longest - 3) + "...";
      cells.push_back(std::move(shown));
    }
  }
  return out;
}

std::string place_text(std::int64_t place) {
  return place == 0 ? "unknown" : std::to_string(place);
}

std::vector<Cells> items_table(const RunComparison& comparison, const ComparedRankings& rankings,
                               const ComparedUser& user) {
  std::vector<Cells> out = {{"item", comparison.runs.front().name, rankings.run}};
  for (const MovedItem& item : user.items) {
    out.push_back({item.item, place_text(item.first), place_text(item.other)});
  }
  return out;
}

std::string rankings_text(const RunComparison& comparison, const ComparedRankings& rankings) {
  const std::string& first = comparison.runs.front().name;
  if (!rankings.problem.empty()) {
    return fmt::format("best items of {} and {}: not compared: {}", first, rankings.run,
                       rankings.problem);
  }
  return fmt::format("best items of {} and {}: {:.1f} of 10 in common, mean of {} users", first,
                     rankings.run, rankings.common, rankings.users);
}

std::string user_text(const ComparedUser& user) {
  return fmt::format("user {}: {} of 10 in common", user.user, user.common);
}

ReportTable report_table(std::string title, std::vector<Cells> cells, std::size_t words) {
  return {.title = std::move(title),
          .columns = cells.front(),
          .rows = {cells.begin() + 1, cells.end()},
          .words = words,
          .wide = true};
}

/// The first figure of the test rows in each run, with its interval and a point for each trial.
std::optional<Json> first_figure_chart(const RunComparison& comparison) {
  if (comparison.figures.empty()) return {};
  const std::string& name = comparison.figures.front().name;
  ReportChart out{
      .kind = "intervals",
      .title = name,
      .description =
          "A point is a training, a diamond the mean of a run's, the line its 95% interval.",
      .x = name,
      .columns = {"run", "mean", "95% interval from", "to", "trainings"},
      .wide = true};
  Json points = Json::list();
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const auto& summary = comparison.figures.front().values[i];
    if (!summary) continue;
    const std::string run = fmt::format("{}: {}", i + 1, comparison.runs[i].name);
    const double half = summary->half_interval.value_or(0);
    const bool several = summary->half_interval.has_value();
    out.rows.push_back(Json::list(
        {run, chart_number(summary->mean), several ? chart_number(summary->mean - half) : Json(),
         several ? chart_number(summary->mean + half) : Json(), summary->count}));
    for (const auto& [figure, values] : comparison.runs[i].figures) {
      if (figure != name) continue;
      for (const auto& [at, value] : values) {
        points.push_back(Json::list({run, chart_number(value), fmt::format("seed {}", at.first)}));
      }
    }
  }
  out.more = {{"points", std::move(points)}};
  return out.json();
}

ReportSection curves_of(const RunComparison& comparison) {
  ReportSection out{.id = "curves", .title = "Curves"};
  std::vector<std::string> figures;
  for (const ComparedRun& run : comparison.runs) {
    for (const std::string& figure : epoch_figures(run.record)) {
      if (std::ranges::find(figures, figure) == figures.end()) figures.push_back(figure);
    }
  }
  for (const std::string& figure : figures) {
    for (const std::string rows : {"", "validation_"}) {
      std::vector<Curve> curves;
      for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const ComparedRun& run = comparison.runs[i];
        Curve curve =
            epoch_curve(run.record, fmt::format("{}: {}", i + 1, run.name), rows + figure);
        if (!curve.points.empty()) curves.push_back(std::move(curve));
      }
      if (curves.empty()) continue;
      out.blocks.push_back(
          epoch_chart((rows.empty() ? "training " : "validation ") + figure, curves).json());
    }
  }
  if (out.blocks.empty()) out.text = {"No run has finished an epoch."};
  return out;
}

}  // namespace

Json RunComparison::json() const {
  Json names = Json::list();
  for (const ComparedRun& run : runs) names.push_back(run.name);
  Json keys = Json::list();
  for (const ConfigDifference& difference : config) {
    Json values = Json::list();
    for (const std::string& value : difference.values) {
      values.push_back(value.empty() ? Json() : parse_json(value, difference.key));
    }
    keys.push_back(Json::object({{"key", difference.key}, {"values", std::move(values)}}));
  }
  Json rows = Json::list();
  for (const ComparedFigure& figure : figures) {
    Json values = Json::list();
    Json against = Json::list();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const auto& value = figure.values[i];
      const auto& test = figure.against[i];
      values.push_back(value ? json_of(*value) : Json());
      if (i == 0) continue;
      Json difference = test ? json_of(test->difference) : Json();
      if (test && test->difference.half_interval) {
        difference["p"] = test->p;
        difference["paired"] = static_cast<bool>(figure.paired[i]);
      }
      against.push_back(std::move(difference));
    }
    rows.push_back(Json::object({{"figure", figure.name},
                                 {"values", std::move(values)},
                                 {"difference", std::move(against)}}));
  }
  Json lists = Json::list();
  for (const ComparedRankings& ranking : rankings) {
    Json out = Json::object({{"run", ranking.run}});
    if (!ranking.problem.empty()) {
      out["problem"] = ranking.problem;
      lists.push_back(std::move(out));
      continue;
    }
    out["users"] = ranking.users;
    out["common_of_10"] = ranking.common;
    Json examples = Json::list();
    for (const ComparedUser& user : ranking.examples) {
      Json items = Json::list();
      for (const MovedItem& item : user.items) {
        items.push_back(Json::object({{"item", item.item},
                                      {"first", item.first > 0 ? Json(item.first) : Json()},
                                      {"other", item.other > 0 ? Json(item.other) : Json()}}));
      }
      examples.push_back(Json::object(
          {{"user", user.user}, {"common", user.common}, {"items", std::move(items)}}));
    }
    out["examples"] = std::move(examples);
    lists.push_back(std::move(out));
  }
  return Json::object({{"runs", std::move(names)},
                       {"config", std::move(keys)},
                       {"figures", std::move(rows)},
                       {"rankings", std::move(lists)},
                       {"notes", Json::List(notes.begin(), notes.end())}});
}

std::string RunComparison::text() const {
  std::string out =
      config.empty()
          ? "config: the same\n"
          : "config: what differs\n" + table_text(config_table(*this, kLongValue), 1 + runs.size());
  out += figures.empty() ? "\nresults: none\n"
                         : fmt::format("\nresults: each run less {}\n", runs.front().name) +
                               table_text(figures_table(*this), 1);
  for (const ComparedRankings& ranking : rankings) {
    out += "\n" + rankings_text(*this, ranking) + "\n";
    for (const ComparedUser& user : ranking.examples) {
      out += user_text(user) + "\n" + table_text(items_table(*this, ranking, user), 1);
    }
  }
  if (!notes.empty()) out += '\n';
  for (const std::string& note : notes) out += note + "\n";
  return out;
}

Report RunComparison::report() const {
  Report out{.title = fmt::format("{} runs compared", runs.size())};
  for (std::size_t i = 0; i < runs.size(); ++i)
    out.lead.push_back(fmt::format("{}: {}", i + 1, runs[i].name));
  out.notes = notes;
  ReportSection keys{.id = "config", .title = "What differs in the configs"};
  if (config.empty()) keys.text = {"Nothing: all keys have the same values."};
  if (!config.empty()) {
    keys.blocks = {report_table(fmt::format("{} keys", config.size()),
                                config_table(*this, std::string::npos), 1 + runs.size())
                       .json()};
  }
  ReportSection results{
      .id = "results",
      .title = "Results",
      .text = {fmt::format("Differences are of each run less {}.", runs.front().name)}};
  if (auto chart = first_figure_chart(*this)) results.blocks.push_back(std::move(*chart));
  if (!figures.empty())
    results.blocks.push_back(report_table("Figures", figures_table(*this), 1).json());
  if (figures.empty()) results.text = {"No run has a result."};
  ReportSection lists{.id = "rankings", .title = "Best items of some users"};
  for (const ComparedRankings& ranking : rankings) {
    lists.text.push_back(rankings_text(*this, ranking));
    for (const ComparedUser& user : ranking.examples) {
      ReportTable table = report_table(user_text(user), items_table(*this, ranking, user), 1);
      table.wide = false;
      lists.blocks.push_back(table.json());
    }
  }
  out.sections = {std::move(keys), std::move(results), curves_of(*this), std::move(lists)};
  return out;
}

}  // namespace gradus::experiment
