#include <fmt/format.h>

#include <cstdint>

#include "framework/experiment/commands.h"
#include "framework/experiment/experiment_model.h"
#include "framework/experiment/human.h"

namespace gradus::experiment {

void validate(const ValidateArguments& arguments, const Catalogues& catalogues) {
  const Config config = load_config(arguments.config, arguments.settings, catalogues);
  Json out = Json::object({{"valid", true}, {"config", write_config(config)}});
  std::string text = fmt::format("{}: valid\n", arguments.config);
  if (arguments.data) {
    const Table table = read_table(config);
    const Split split = split_rows(config, table);
    const ExperimentModel model = make_model(config, table, split);
    model.encode(table);  // refuses labels that the task does not allow
    const auto train = static_cast<std::int64_t>(split.train.size());
    const auto test = static_cast<std::int64_t>(split.test.size());
    const auto validation = static_cast<std::int64_t>(split.validation.size());
    out["rows"] = Json::object({{"all", table.rows()}, {"train", train}, {"test", test}});
    if (validation > 0) out["rows"]["validation"] = validation;
    text += fmt::format(
        "{}: {} rows, {} for training{}, {} for the test\n", table.origin(),
        human_count(table.rows()), human_count(train),
        validation > 0 ? fmt::format(", {} for validation", human_count(validation)) : "",
        human_count(test));
  }
  print(arguments.json ? out.text(2) + "\n" : text);
}

}  // namespace gradus::experiment
