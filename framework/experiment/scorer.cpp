#include "framework/experiment/scorer.h"

#include <algorithm>
#include <array>

#include "framework/core/error.h"

namespace gradus::experiment {
namespace {

/// Rows are predicted so many at a time, the last ones filled up: kernels may give other bits for
/// other numbers of rows, and how rows arrive must not show.
constexpr std::size_t kBlock = 64;

/// The same rows of one column, filled up with zeros: unknown ids, or the number 0.
struct Block {
  std::array<std::int32_t, kBlock> ids;
  std::array<float, kBlock> numbers;

  ColumnValues copy(std::span<const std::int32_t> rows) { return copy(rows, ids); }
  ColumnValues copy(std::span<const float> rows) { return copy(rows, numbers); }

 private:
  template <class T>
  static std::span<const T> copy(std::span<const T> rows, std::array<T, kBlock>& to) {
    to.fill(0);
    std::ranges::copy(rows, to.begin());
    return to;
  }
};

}  // namespace

Scorer::Scorer(const std::filesystem::path& run, const ModelCatalogue& models)
    : model_(load_model(run, with_framework(models))),
      predictor_(*model_.model, *model_.task, model_.columns) {}

std::vector<float> Scorer::score(std::string_view user,
                                 std::span<const std::string_view> items) const {
  const auto* users = model_.vocabularies.user();
  const auto* titles = model_.vocabularies.item();
  if (!users || !titles) fail("score: the run has no user and item column");
  const std::vector<std::int32_t> user_ids(items.size(), users->vocabulary.id(user));
  std::vector<std::int32_t> item_ids;
  item_ids.reserve(items.size());
  for (const std::string_view item : items) item_ids.push_back(titles->vocabulary.id(item));
  return score_pairs(model_, predictor_, user_ids, item_ids);
}

std::vector<float> Scorer::predict(std::span<const ColumnValues> values, std::size_t rows) const {
  std::vector<float> out(rows);
  std::vector<Block> blocks(values.size());
  std::array<float, kBlock> predictions{};
  for (std::size_t first = 0; first < rows; first += kBlock) {
    const std::size_t count = std::min(kBlock, rows - first);
    std::vector<ColumnValues> block;
    for (std::size_t k = 0; k < values.size(); ++k) {
      block.push_back(std::visit(
          [&](auto column) {
            if (column.size() != rows) {
              fail("predict: {} values in a column, {} rows", column.size(), rows);
            }
            return blocks[k].copy(column.subspan(first, count));
          },
          values[k]));
    }
    predictor_.predict(block, predictions);
    std::copy_n(predictions.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(first));
  }
  return out;
}

}  // namespace gradus::experiment
