#pragma once

#include <string>
#include <vector>

#include "framework/core/tensor.h"
#include "framework/data/encoded.h"
#include "framework/data/vocabulary.h"

namespace gradus {

/// A column that a model reads: ids, or numbers.
struct InputColumn {
  std::string name;       ///< as the data has it
  bool number = false;    ///< numbers rather than ids
  bool in_order = false;  ///< whether a batch's rows come by their ids there

  DataType type() const { return number ? DataType::float32 : DataType::int32; }  ///< of its values
};

/// All id columns, then all number columns.
std::vector<InputColumn> input_columns(const Vocabularies& vocabularies);
/// All columns that a model can read.
std::vector<InputColumn> input_columns(const Encoded& data);

}  // namespace gradus
