#include "framework/experiment/config.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/experiment/at_pointer.h"
#include "framework/experiment/options_json.h"
#include "framework/train/task.h"

namespace gradus::experiment {
namespace {

/// The kind of that name as the default, where the catalogue has it.
template <class Signature>
Choice<Signature> default_kind(const Catalogue<Signature>& kinds, std::string_view name) {
  const bool has = std::any_of(kinds.begin(), kinds.end(),
                               [name](const auto& kind) { return kind.name == name; });
  return Choice<Signature>(kinds, has ? std::string(name) : "");
}

}  // namespace

Config::Config(const Catalogues& catalogues)
    : data{.source = Choice(catalogues.sources),
           .split = {default_kind(catalogues.splitters, "random"), "how rows are divided"}},
      model{.kind = Choice(catalogues.models), .initial_weights = {}, .regularization = {}},
      task{default_kind(catalogues.tasks, "ranking"), "the task; its keys stand here"},
      optimizer(catalogues.optimizers) {}

Config read_config(const ConfigDocument& document, const Catalogues& catalogues,
                   const std::string& default_name) {
  Config config(catalogues);
  config.name = default_name;
  read_options(document, [&config](OptionVisitor& v) { config.fields(v); });
  with_origins(document, [&config] {
    if (!is_folder_name(config.name)) {
      fail_config("/name", "must be {}, got {}", folder_name().text(), Json(config.name).text());
    }
    check_optimizers(config.optimizer);
    at_pointer("/task", [&config] { config.task.kind.component().make(); });  // for what it refuses
  });
  return config;
}

ConfigDocument load_document(const std::filesystem::path& file,
                             const std::vector<std::string>& settings) {
  ConfigDocument document = ConfigDocument::load(file);
  for (const std::string& setting : settings) document.set(setting);
  return document;
}

Config load_config(const std::filesystem::path& file, const std::vector<std::string>& settings,
                   const Catalogues& catalogues) {
  ConfigDocument document = load_document(file, settings);
  document.take(kSweepKey);
  return read_config(document, catalogues, file.stem().string());
}

Json write_config(Config config) {
  return write_options([&config](OptionVisitor& v) { config.fields(v); });
}

}  // namespace gradus::experiment
