#include "tests/experiment/report_pages.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <stdexcept>

#include "tests/support.h"

namespace gradus::tests {

using nlohmann::json;

json report_data(const std::filesystem::path& page) {
  const std::string text = read_file(page);
  CHECK(text.size() < 1'000'000);
  const ProgramResult checked =
      run("python3", {(source_folder() / "tests/check_html.py").string(), page.string()});
  CHECK_MESSAGE(checked.exit_code == 0, checked.standard_error);
  CHECK(checked.standard_output == "right\n");
  const std::string begin = R"(<script type="application/json" id="report">)";
  const std::size_t at = text.find(begin);
  REQUIRE(at != std::string::npos);
  const std::size_t from = at + begin.size();
  return json::parse(text.substr(from, text.find("</script>", from) - from));
}

std::vector<std::string> section_ids(const json& report) {
  std::vector<std::string> out;
  for (const json& section : report.at("sections")) out.push_back(section.at("id"));
  return out;
}

const json& block_of(const json& report, const std::string& section, const std::string& title) {
  for (const json& part : report.at("sections")) {
    if (part.at("id") != section) continue;
    for (const json& block : part.at("blocks")) {
      if (block.at("title").get<std::string>().find(title) != std::string::npos) return block;
    }
  }
  throw std::out_of_range(fmt::format("no {} in {}", title, section));
}

}  // namespace gradus::tests
