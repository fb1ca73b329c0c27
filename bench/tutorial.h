#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "framework/data/encoded.h"
#include "framework/data/vocabulary.h"
#include "framework/optim/adagrad.h"
#include "framework/train/input_column.h"
#include "framework/train/task.h"
#include "models/ranking/ranking.h"

namespace gradus::bench {

/// Made-up ratings of MovieLens' shape, the same for all benchmarks.
const Table& ratings();

/// The ranking tutorial on them: data, model, task and optimiser.
struct Tutorial {
  Tutorial();

  Vocabularies ids;
  Encoded data;
  std::vector<InputColumn> columns;
  RankingModel model;
  Task task;
  Adagrad optimizer{{.learning_rate = 0.1}};
};

/// The rows `first` … `first + count - 1`.
std::vector<std::int32_t> rows(std::int32_t first, std::int64_t count);

/// Models of later tutorials start from this safetensors file, which has all parameters.
void use_weights(const std::filesystem::path& file);

}  // namespace gradus::bench
