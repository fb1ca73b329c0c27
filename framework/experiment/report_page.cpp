#include "framework/experiment/report_page.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <string_view>

#include "framework/core/error.h"
#include "framework/experiment/report_files.h"

namespace gradus::experiment {
namespace {

Json list_of(const std::vector<std::string>& texts) {
  return Json::List(texts.begin(), texts.end());
}

Json columns_of(const std::vector<std::string>& names, std::size_t words) {
  Json out = Json::list();
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.push_back(Json::object({{"name", names[i]}, {"number", i >= words}}));
  }
  return out;
}

/// As text of a `script` element, which no text in it may end.
std::string script_text(const Json& json) {
  std::string out;
  for (const char c : json.text()) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// The template with each "{{name}}" replaced; what is put in is not looked at again.
std::string filled(std::string_view page,
                   const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
  std::string out;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t open = page.find("{{", at);
    out += page.substr(at, open - at);
    if (open == std::string_view::npos) break;
    const std::size_t close = page.find("}}", open);
    const std::string_view name = page.substr(open + 2, close - open - 2);
    for (const auto& [part, text] : parts) {
      if (part == name) out += text;
    }
    at = close + 2;
  }
  return out;
}

}  // namespace

Json ReportTable::json() const {
  Json list = Json::list();
  for (const Cells& row : rows) list.push_back(list_of(row));
  return Json::object({{"kind", "table"},
                       {"title", title},
                       {"columns", columns_of(columns, words)},
                       {"rows", std::move(list)},
                       {"folded", folded},
                       {"wide", wide}});
}

Json ReportChart::json() const {
  Json out = Json::object({{"kind", kind},
                           {"title", title},
                           {"description", description},
                           {"x", x},
                           {"y", y},
                           {"columns", columns_of(columns, 1)},
                           {"rows", Json::List(rows)},
                           {"wide", wide}});
  for (const auto& [key, value] : more) out[key] = value;
  return out;
}

Json Report::json() const {
  Json values = Json::list();
  for (const Figure& figure : figures) {
    values.push_back(
        Json::object({{"name", figure.name}, {"value", figure.value}, {"note", figure.note}}));
  }
  Json parts = Json::list();
  for (const ReportSection& section : sections) {
    parts.push_back(Json::object({{"id", section.id},
                                  {"title", section.title},
                                  {"text", list_of(section.text)},
                                  {"blocks", Json::List(section.blocks)}}));
  }
  return Json::object({{"title", title},
                       {"lead", list_of(lead)},
                       {"notes", list_of(notes)},
                       {"problems", list_of(problems)},
                       {"figures", std::move(values)},
                       {"sections", std::move(parts)}});
}

Json chart_number(double number) {
  if (!std::isfinite(number)) return {};
  return std::strtod(fmt::format("{:.6g}", number).c_str(), nullptr);
}

std::string page_of(const Report& report) {
  const std::string data = script_text(report.json());
  const std::string title = html_text(report.title);
  const std::string script =
      fmt::format("{}\n{}", report_files::charts(), report_files::page_script());
  return filled(report_files::page(), {{"title", title},
                                       {"version", GRADUS_VERSION},
                                       {"style", report_files::style()},
                                       {"data", data},
                                       {"license", report_files::vega_license()},
                                       {"vega", report_files::vega()},
                                       {"script", script}});
}

}  // namespace gradus::experiment
