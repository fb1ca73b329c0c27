#include <fmt/format.h>

#include "framework/experiment/commands.h"
#include "framework/experiment/files.h"
#include "framework/experiment/human.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/run_report.h"

namespace gradus::experiment {

void report(const ReportArguments& arguments, const Catalogues& catalogues) {
  use_threads(arguments);
  const std::filesystem::path folder = arguments.run;
  const std::filesystem::path file =
      arguments.output.empty() ? folder / kRunReport : std::filesystem::path(arguments.output);
  const Report made = report_of(folder, catalogues);
  const std::string page = page_of(made);
  write_file(file, page);
  for (const std::string& problem : made.problems) note(arguments, problem);
  if (arguments.json) {
    Json json = made.json();
    json["report"] = file.string();
    print(json.text(2) + "\n");
    return;
  }
  print(fmt::format("report: {} ({})\n", file.string(),
                    human_bytes(static_cast<std::int64_t>(page.size()))));
}

}  // namespace gradus::experiment
