#include "bench/dlrm_bench.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "bench/tutorial.h"
#include "bench/work.h"
#include "framework/core/random.h"
#include "framework/experiment/safetensors.h"
#include "framework/kernels/matmul.h"
#include "framework/optim/adagrad.h"
#include "framework/train/batch.h"
#include "framework/train/training_step.h"
#include "models/dlrm/dlrm.h"

// Times a DLRM's training step: 13 numbers, 26 tables whose ids follow Zipf's law.
namespace gradus::bench {
namespace {

constexpr int kTables = 26;
constexpr int kNumbers = 13;
constexpr std::int64_t kBatches = 4;
constexpr std::uint64_t kSeed = 42;

std::filesystem::path& case_file() {
  static std::filesystem::path file;
  return file;
}

std::string table_name(int k) { return fmt::format("id_{}", k); }
std::string number_name(int k) { return fmt::format("number_{}", k); }

DlrmModel make_model(std::int64_t table_rows, std::int64_t dimension) {
  std::vector<DlrmModel::Table> tables;
  std::vector<std::string> numbers;
  tables.reserve(kTables);
  numbers.reserve(kNumbers);
  for (int k = 0; k < kTables; ++k) tables.push_back({table_name(k), table_rows});
  for (int k = 0; k < kNumbers; ++k) numbers.push_back(number_name(k));
  DlrmModel::Options options;
  options.embedding_dimension = static_cast<int>(dimension);
  return {options, tables, std::move(numbers)};
}

/// So many rows, drawn.
Encoded draw_data(std::int64_t rows, std::int64_t table_rows) {
  std::vector<Encoded::Ids> ids;
  std::vector<Encoded::Numbers> numbers;
  std::vector<float> labels;
  for (int k = 0; k < kTables; ++k) {
    const Random random(kSeed, table_name(k));
    Encoded::Ids column{.name = table_name(k), .ids = {}};
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto u = static_cast<double>(random.uniform(static_cast<std::uint64_t>(row), 0));
      const double id = std::pow(static_cast<double>(table_rows), u) - 1;
      column.ids.push_back(
          std::min(static_cast<std::int32_t>(id), static_cast<std::int32_t>(table_rows - 1)));
    }
    ids.push_back(std::move(column));
  }
  for (int k = 0; k < kNumbers; ++k) {
    const Random random(kSeed, number_name(k));
    Encoded::Numbers column{.name = number_name(k), .numbers = {}};
    for (std::int64_t row = 0; row < rows; ++row) {
      column.numbers.push_back(random.normal(static_cast<std::uint64_t>(row), 0));
    }
    numbers.push_back(std::move(column));
  }
  for (const float number : numbers[0].numbers) labels.push_back(number > 0 ? 1.0F : 0.0F);
  return {std::move(ids), std::move(numbers), std::move(labels)};
}

/// The columns of a matrix [rows, columns] that the case holds.
template <class T>
std::vector<T> column_of(const Tensor& matrix, int column) {
  std::vector<T> out;
  const std::int64_t width = matrix.extents()[1];
  for (std::int64_t i = column; i < matrix.elements(); i += width) {
    out.push_back(static_cast<T>(matrix.floats()[static_cast<std::size_t>(i)]));
  }
  return out;
}

/// The rows of the case, and its weights for the model.
Encoded read_case(const DlrmModel& model, std::int64_t rows) {
  experiment::NamedExtents expected{{"batches.ids", {rows, kTables}},
                                    {"batches.numbers", {rows, kNumbers}},
                                    {"batches.labels", {rows}}};
  for (const auto& [path, parameter] : model.parameters()) {
    expected.emplace(path, parameter->value.extents());
  }
  const experiment::NamedTensors tensors = experiment::read_safetensors(case_file());
  experiment::check_tensors(tensors, expected, case_file().string());
  for (const auto& [path, parameter] : model.parameters()) {
    std::ranges::copy(tensors.at(path).floats(), parameter->value.floats().begin());
  }
  std::vector<Encoded::Ids> ids;
  std::vector<Encoded::Numbers> numbers;
  ids.reserve(kTables);
  numbers.reserve(kNumbers);
  for (int k = 0; k < kTables; ++k) {
    ids.push_back(
        {.name = table_name(k), .ids = column_of<std::int32_t>(tensors.at("batches.ids"), k)});
  }
  for (int k = 0; k < kNumbers; ++k) {
    numbers.push_back({number_name(k), column_of<float>(tensors.at("batches.numbers"), k)});
  }
  const auto labels = tensors.at("batches.labels").floats();
  return {std::move(ids), std::move(numbers), {labels.begin(), labels.end()}};
}

void training_step(benchmark::State& state, kernels::MathMode math_mode) {
  const std::int64_t batch_rows = state.range(0);
  const std::int64_t table_rows = state.range(1);
  const DlrmModel model = make_model(table_rows, state.range(2));
  const std::int64_t all = kBatches * batch_rows;
  if (case_file().empty()) initialize(model, kSeed);
  const Encoded data = case_file().empty() ? draw_data(all, table_rows) : read_case(model, all);
  const Task task({.loss = "binary_cross_entropy"});
  const Adagrad optimizer({.learning_rate = 1.0});
  TrainingStep training(model, task, optimizer, input_columns(data), false, batch_rows, 0,
                        math_mode);
  std::vector<Batch> batches;
  batches.reserve(kBatches);
  for (std::int64_t b = 0; b < kBatches; ++b) {
    batches.emplace_back(data, input_columns(data), batch_rows);
    batches.back().fill(rows(static_cast<std::int32_t>(b * batch_rows), batch_rows));
  }
  std::int64_t steps = 0;
  const auto step = [&] {
    const Losses losses = training.compute(batches[static_cast<std::size_t>(steps % kBatches)], 1);
    training.update(++steps);
    return losses.loss;
  };
  // The first ones plan, and let a comparison tell that the same was computed.
  for (std::int64_t b = 1; b <= kBatches; ++b) state.counters[fmt::format("loss_{}", b)] = step();
  for (auto _ : state) step();
  count(state, "examples", static_cast<double>(batch_rows));
  count(state, work(training.graph(), training.executor(), batch_rows));
}

void dlrm(benchmark::State& state) { training_step(state, kernels::MathMode::float32); }
void dlrm_bfloat16(benchmark::State& state) { training_step(state, kernels::MathMode::bfloat16); }

BENCHMARK(dlrm)
    ->ArgNames({"batch", "rows", "dimension"})
    ->Args({2048, 100'000, 16})
    ->Args({2048, 1'000'000, 16})
    ->Args({8192, 100'000, 32})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(dlrm_bfloat16)
    ->ArgNames({"batch", "rows", "dimension"})
    ->Args({2048, 100'000, 16})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

void use_case(const std::filesystem::path& file) { case_file() = file; }

}  // namespace gradus::bench
