#pragma once

#include <string_view>

#include "framework/core/error.h"

namespace gradus::experiment {

/// What make() returns; its Error that names no key of the config is thrown as a ConfigError of
/// `pointer`.
template <class Make>
auto at_pointer(std::string_view pointer, const Make& make) {
  try {
    return make();
  } catch (const Error& error) {
    if (error.exit_code() == 2) throw;
    fail_config(pointer, "{}", error.what());
  }
}

}  // namespace gradus::experiment
