#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "framework/experiment/commands.h"
#include "framework/experiment/human.h"
#include "framework/experiment/sweep_plan.h"
#include "framework/experiment/training.h"

namespace gradus::experiment {

void validate(const ValidateArguments& arguments, const Catalogues& catalogues) {
  ConfigDocument document = load_document(arguments.config, arguments.settings);
  const std::optional<Json> sweep = document.take(kSweepKey);
  const std::string name = std::filesystem::path(arguments.config).stem().string();
  const Config config = read_config(document, catalogues, name);
  Json out = Json::object({{"valid", true}, {"config", write_config(config)}});
  std::string text = fmt::format("{}: valid\n", arguments.config);
  if (sweep) {
    // How many settings are drawn may also be left to `gradus tune`.
    const bool says_trials = sweep->get_if<Json::Object>() && sweep->find("trials");
    const SweepPlan plan = plan_sweep(*sweep, document, catalogues, name,
                                      says_trials ? std::nullopt : std::optional(1));
    out["sweep"] = *sweep;
    text += fmt::format("a sweep of {} setting(s) and {} seed(s)\n",
                        human_count(static_cast<std::int64_t>(plan.settings.size())),
                        human_count(static_cast<std::int64_t>(plan.seeds.size())));
  }
  if (arguments.data) {
    const Prepared prepared = with_origins(document, [&] { return prepare(config); });
    const Split& split = prepared.split;
    const auto train = static_cast<std::int64_t>(split.train.size());
    const auto test = static_cast<std::int64_t>(split.test.size());
    const auto validation = static_cast<std::int64_t>(split.validation.size());
    out["rows"] = Json::object({{"all", prepared.data.rows()}, {"train", train}, {"test", test}});
    if (validation > 0) out["rows"]["validation"] = validation;
    text += fmt::format(
        "data: {} rows, {} for training{}, {} for the test\n", human_count(prepared.data.rows()),
        human_count(train),
        validation > 0 ? fmt::format(", {} for validation", human_count(validation)) : "",
        human_count(test));
  }
  print(arguments.json ? out.text(2) + "\n" : text);
}

}  // namespace gradus::experiment
