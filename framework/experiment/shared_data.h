#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "framework/data/encoded.h"
#include "framework/data/split.h"
#include "framework/data/table.h"
#include "framework/data/vocabulary.h"
#include "framework/experiment/experiment_model.h"

namespace gradus::experiment {

/// Rows as a model reads them, and what each is for.
struct EncodedRows {
  Split split;
  Encoded data;
};

/// An experiment's model with its initial values, and its rows, which others may share.
struct ModelAndRows {
  ExperimentModel model;
  std::shared_ptr<const EncodedRows> rows;
};

/// What experiments that differ little have in common: a source is read once, rows are divided once
/// a split, and encoded once for a vocabulary and the columns that models read. Several threads may
/// ask at once.
class SharedData {
 public:
  /// Throws Error as reading, splitting, encoding and making a model do.
  ModelAndRows get(const Config& config);
  /// How many numbers the model of an experiment learns.
  std::int64_t parameters(const Config& config);

 private:
  /// An experiment's rows, not yet encoded.
  struct Divided {
    std::string split_key;
    std::string vocabulary_key;
    std::shared_ptr<const Table> table;
    std::shared_ptr<const Split> split;
    std::shared_ptr<const Vocabularies> vocabularies;
  };

  Divided divide(const Config& config);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Table>> tables_;
  std::map<std::string, std::shared_ptr<const Split>> splits_;
  std::map<std::string, std::shared_ptr<const Vocabularies>> vocabularies_;
  std::map<std::string, std::shared_ptr<const EncodedRows>> rows_;
};

}  // namespace gradus::experiment
