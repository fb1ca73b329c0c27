#include "framework/experiment/commands.h"
#include "framework/experiment/config.h"
#include "framework/experiment/schema.h"
#include "framework/experiment/sweep_plan.h"
#include "framework/experiment/sweep_schema.h"

namespace gradus::experiment {

void schema(const SchemaArguments& /*arguments*/, const Catalogues& catalogues) {
  const Json out = json_schema([&](OptionVisitor& v) { Config(catalogues).fields(v); },
                               Json::object({{std::string(kSweepKey), sweep_schema()}}));
  print(out.text(2) + "\n");
}

}  // namespace gradus::experiment
