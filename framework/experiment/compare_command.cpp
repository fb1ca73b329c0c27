#include <fmt/format.h>

#include "framework/experiment/commands.h"
#include "framework/experiment/files.h"
#include "framework/experiment/run_comparison.h"

namespace gradus::experiment {

void compare(const CompareArguments& arguments, const Catalogues& catalogues) {
  use_threads(arguments);
  const RunComparison comparison = compare_runs(arguments.runs, catalogues);
  if (!arguments.report.empty()) write_file(arguments.report, page_of(comparison.report()));
  if (arguments.json) {
    Json json = comparison.json();
    if (!arguments.report.empty()) json["report"] = arguments.report;
    return print(json.text(2) + "\n");
  }
  print(comparison.text() +
        (arguments.report.empty() ? "" : fmt::format("report: {}\n", arguments.report)));
}

}  // namespace gradus::experiment
