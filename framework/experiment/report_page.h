#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "framework/experiment/json.h"
#include "framework/experiment/plan_table.h"

namespace gradus::experiment {

/// A table of a report. The first `words` columns are texts, the others numbers, to the right.
struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<Cells> rows;
  std::size_t words = 1;
  bool folded = false;  ///< shown when it is asked for
  bool wide = false;    ///< over the whole width

  Json json() const;
};

/// A chart of a report, which shows rows of numbers and texts. The page has them as a table, too.
struct ReportChart {
  std::string kind;  ///< a function of report/charts.js, which says what the columns are
  std::string title;
  std::string description;  ///< what there is to see, in words
  std::string x = {};       ///< the axes' titles
  std::string y = {};
  std::vector<std::string> columns;
  std::vector<Json> rows = {};
  bool wide = false;
  Json::Object more = {};  ///< what else this kind takes

  Json json() const;
};

/// A part of a report: texts, then tables and charts.
struct ReportSection {
  std::string id;
  std::string title;
  std::vector<std::string> text = {};
  std::vector<Json> blocks = {};  ///< `json()` of tables and charts
};

/// What a page shows.
struct Report {
  /// A figure to be seen first, and what it is held against.
  struct Figure {
    std::string name;
    std::string value;
    std::string note = {};
  };

  std::string title;
  std::vector<std::string> lead = {};
  std::vector<std::string> notes = {};     ///< to be known before the figures are read
  std::vector<std::string> problems = {};  ///< what went wrong
  std::vector<Figure> figures = {};
  std::vector<ReportSection> sections = {};

  Json json() const;
};

/// A number of a chart: six significant digits; null for what is not finite.
Json chart_number(double number);

/// The report as one HTML file that needs no other: style, scripts and chart library are in it.
std::string page_of(const Report& report);

}  // namespace gradus::experiment
