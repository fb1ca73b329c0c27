#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "framework/nn/module.h"

namespace gradus {

/// The columns that a model sees, each the ids (int32) or the numbers (float32) [batch] of one
/// column.
class Features {
 public:
  explicit Features(std::map<std::string, Value, std::less<>> columns)
      : columns_(std::move(columns)) {}

  /// Throws Error, naming the columns that there are, for any other.
  Value operator[](std::string_view column) const;

 private:
  std::map<std::string, Value, std::less<>> columns_;
};

/// What an experiment trains: from a batch of ids and numbers to one number a row.
class Model : public Module {
 public:
  /// [batch] ids or numbers each -> [batch, 1] predictions, or logits where the task's loss takes
  /// those.
  virtual Value forward(const Features& x) const = 0;
};

}  // namespace gradus
