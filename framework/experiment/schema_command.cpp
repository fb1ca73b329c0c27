#include "framework/experiment/commands.h"
#include "framework/experiment/config.h"
#include "framework/experiment/schema.h"

namespace gradus::experiment {

void schema(const SchemaArguments& /*arguments*/, const Catalogues& catalogues) {
  const Json out = json_schema([&](OptionVisitor& v) { Config(catalogues).fields(v); });
  print(out.text(2) + "\n");
}

}  // namespace gradus::experiment
