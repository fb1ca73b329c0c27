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
  /// `random_key`: see `dropout`; none where nothing is trained.
  explicit Features(std::map<std::string, Value, std::less<>> columns, Value random_key = {})
      : columns_(std::move(columns)), random_key_(random_key) {}

  /// Throws Error, naming the columns that there are, for any other.
  Value operator[](std::string_view column) const;
  /// What randomness of this training step follows from, for Dropout; none outside of training.
  Value random_key() const { return random_key_; }
  /// Whether the model is called to be trained, as BatchNorm must know.
  bool training() const { return static_cast<bool>(random_key_); }

 private:
  std::map<std::string, Value, std::less<>> columns_;
  Value random_key_;
};

/// What an experiment trains: from a batch of ids and numbers to one number a row.
class Model : public Module {
 public:
  /// [batch] ids or numbers each -> [batch, 1] predictions, or logits where the task's loss takes
  /// those.
  virtual Value forward(const Features& x) const = 0;
};

}  // namespace gradus
