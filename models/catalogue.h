#pragma once

#include "framework/experiment/catalogues.h"

namespace gradus {

/// The models of this repository, by the `kind` that a config names. A new model is one folder and
/// one row of this table.
const ModelCatalogue& models();

}  // namespace gradus
