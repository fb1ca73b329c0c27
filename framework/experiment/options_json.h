#pragma once

#include <functional>

#include "framework/core/options.h"
#include "framework/experiment/document.h"
#include "framework/experiment/json.h"

namespace gradus::experiment {

/// What declares options, as `fields` of a component does.
using Fields = std::function<void(OptionVisitor&)>;

/// Reads a config's options into what `fields` declares; absent keys keep their defaults. Throws
/// Error (exit code 2) with the JSON pointer, what is allowed, what was given and where, for an
/// unknown key or kind (with the nearest name), a missing key, a wrong type, a value out of range.
/// Relative paths become absolute, from the folder of the file that names them. `$schema` is
/// accepted at the top.
void read_options(const ConfigDocument& document, const Fields& fields);

/// The options with their present values, defaults included: read back, they give the same.
Json write_options(const Fields& fields);

}  // namespace gradus::experiment
