#pragma once

#include <memory>

#include "framework/core/component.h"
#include "framework/data/split.h"

namespace gradus {

/// The values of `data.split.kind`.
const Catalogue<std::unique_ptr<Splitter>()>& splitters();

}  // namespace gradus
