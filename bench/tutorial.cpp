#include "bench/tutorial.h"

#include <algorithm>
#include <numeric>

#include "framework/data/generated.h"
#include "framework/experiment/safetensors.h"
#include "framework/train/trainer.h"

namespace gradus::bench {
namespace {

constexpr std::uint64_t kSeed = 42;

std::filesystem::path& weights_file() {
  static std::filesystem::path file;
  return file;
}

void load(RankingModel& model, const std::filesystem::path& file) {
  const experiment::NamedTensors tensors = experiment::read_safetensors(file);
  experiment::NamedExtents expected;
  for (const auto& [path, parameter] : model.parameters()) {
    expected.emplace(path, parameter->value.extents());
  }
  experiment::check_tensors(tensors, expected, file.string());
  for (const auto& [path, parameter] : model.parameters()) {
    std::ranges::copy(tensors.at(path).floats(), parameter->value.floats().begin());
  }
}

}  // namespace

const Table& ratings() {
  static const Table kTable = GeneratedSource({}).read();
  return kTable;
}

Tutorial::Tutorial()
    : ids(ratings()),
      data(ratings(), ids, ratings().label().name),
      columns(input_columns(data)),
      model({}, ids),
      task({}) {
  if (weights_file().empty()) {
    initialize(model, kSeed);
  } else {
    load(model, weights_file());
  }
}

std::vector<std::int32_t> rows(std::int32_t first, std::int64_t count) {
  std::vector<std::int32_t> list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), first);
  return list;
}

void use_weights(const std::filesystem::path& file) { weights_file() = file; }

}  // namespace gradus::bench
