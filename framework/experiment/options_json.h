#pragma once

#include <functional>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/experiment/document.h"
#include "framework/experiment/json.h"

namespace gradus::experiment {

/// What declares options, as `fields` of a component does.
using Fields = std::function<void(OptionVisitor&)>;

/// The names of a choice's kinds.
std::vector<std::string> names_of(const OptionChoice& choice);

/// What an option must be: "a whole number from 1 to 65536", "a list of numbers, each above 0",
/// "one of: none, once".
std::string must_be(const OptionTarget& target, const Allowed& allowed);

/// An option's present value; null for an object, an empty list for a list of objects, the selected
/// kind of a choice.
Json value_of(const OptionTarget& target);

/// Reads a config's options into what `fields` declares; absent keys keep their defaults. Throws
/// Error (exit code 2) with the JSON pointer, what is allowed, what was given and where, for an
/// unknown key or kind (with the nearest name), a missing key, a wrong type, a value out of range.
/// Relative paths become absolute, from the folder of the file that names them. `$schema`, a text,
/// is accepted at the top. Where a config selects another kind than the one that it extends, the
/// keys of the former kind are dropped.
void read_options(const ConfigDocument& document, const Fields& fields);

/// The options with their present values, defaults included: read back, they give the same.
Json write_options(const Fields& fields);

}  // namespace gradus::experiment
