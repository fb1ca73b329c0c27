#include <fmt/format.h>

#include <filesystem>

#include "framework/core/error.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/human.h"
#include "framework/experiment/run_folder.h"
#include "framework/experiment/stopwatch.h"
#include "framework/experiment/sweep_command.h"
#include "framework/experiment/sweep_plan.h"
#include "framework/experiment/training.h"

namespace gradus::experiment {

void train(const TrainArguments& arguments, const Catalogues& catalogues) {
  if (arguments.resume) {
    if (!is_sweep_folder(arguments.output)) {
      throw Error("--resume: needs --output DIR, the folder of a sweep", 2);
    }
    return resume_sweep(arguments, catalogues);
  }
  const Stopwatch all;
  // Read once: the config may be a pipe.
  ConfigDocument document = load_document(arguments.config, arguments.settings);
  if (document.json().find(kSweepKey)) return sweep(std::move(document), arguments, catalogues);
  const Config config =
      read_config(document, catalogues, std::filesystem::path(arguments.config).stem().string());
  if (!arguments.output.empty()) refuse_used_folder(arguments.output);
  use_threads(arguments);
  const Prepared prepared = prepare(config);
  const std::filesystem::path run = make_run_folder(arguments.output, config.name);
  Progress progress(progress_style(arguments.quiet));
  Trained trained = train(prepared, run, progress, arguments.profile);
  if (arguments.json) {
    trained.result["run"] = run.string();
    if (trained.profiled) trained.result["profile"] = trained.profiled->json();
    print(trained.result.text(2) + "\n");
  } else {
    print(trained.test.text() +
          fmt::format("run: {} ({})\n", run.string(), human_seconds(all.seconds())) +
          (trained.profiled ? "\n" + trained.profiled->text() : ""));
  }
}

}  // namespace gradus::experiment
