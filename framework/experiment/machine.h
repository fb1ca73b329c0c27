#pragma once

#include "framework/experiment/json.h"

namespace gradus::experiment {

/// Of what this program was made: `{"gradus": …, "onednn": …, "onednn_runtime": …,
/// "instruction_set": …, "tbb": …, "compiler": …}`.
Json versions();

/// What it runs on: `{"processor": …, "cores": …, "threads": …}`; threads are Gradus' workers.
Json machine();

}  // namespace gradus::experiment
