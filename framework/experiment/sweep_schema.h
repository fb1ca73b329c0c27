#pragma once

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// The JSON Schema of a config's `sweep`, as `plan_sweep` reads it.
Json sweep_schema();

}  // namespace gradus::experiment
