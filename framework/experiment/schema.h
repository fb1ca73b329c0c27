#pragma once

#include <functional>

#include "framework/core/options.h"
#include "framework/experiment/json.h"

namespace gradus::experiment {

/// The JSON Schema (draft 2020-12) of a config's file: it takes what `ConfigDocument::load` and
/// `read_options` take. A file that `extends` another may leave out what is required. `fields`
/// declares the options afresh, with their defaults, each time that it is called; `more` are the
/// schemas of keys that are no options.
Json json_schema(const std::function<void(OptionVisitor&)>& fields,
                 const Json& more = Json::object());

}  // namespace gradus::experiment
