#pragma once

#include <memory>

#include "framework/core/component.h"
#include "framework/data/source.h"

namespace gradus {

/// The values of `data.source`. A source's options are the other keys of `data`; relative paths in
/// them are resolved by whoever reads the config, before the source is made.
const Catalogue<std::unique_ptr<DataSource>()>& data_sources();

}  // namespace gradus
