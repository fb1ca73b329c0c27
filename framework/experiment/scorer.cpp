#include "framework/experiment/scorer.h"

#include <algorithm>
#include <array>

#include "framework/core/error.h"

namespace gradus::experiment {
namespace {

/// Rows are predicted so many at a time, the last ones filled up: kernels may give other bits for
/// other numbers of rows, and how rows arrive must not show.
constexpr std::size_t kBlock = 64;

}  // namespace

Scorer::Scorer(const std::filesystem::path& run, const ModelCatalogue& models)
    : model_(load_model(run, with_framework(models))),
      predictor_(*model_.model, *model_.task, model_.columns) {}

std::vector<float> Scorer::score(std::string_view user,
                                 std::span<const std::string_view> items) const {
  const auto* users = model_.vocabularies.user();
  const auto* titles = model_.vocabularies.item();
  if (!users || !titles) fail("score: the run has no user and item column");
  std::vector<std::vector<std::int32_t>> ids;
  for (const std::string& column : model_.columns) {
    std::vector<std::int32_t> known(items.size(), Vocabulary::kOutOfVocabulary);
    if (column == users->name) {
      std::ranges::fill(known, users->vocabulary.id(user));
    } else if (column == titles->name) {
      std::ranges::transform(items, known.begin(),
                             [&](std::string_view item) { return titles->vocabulary.id(item); });
    }
    ids.push_back(std::move(known));
  }
  const std::vector<std::span<const std::int32_t>> views(ids.begin(), ids.end());
  std::vector<float> scores(items.size());
  predictor_.predict(views, scores);
  return scores;
}

std::vector<float> Scorer::predict(std::span<const std::vector<std::int32_t>> ids,
                                   std::size_t rows) const {
  std::vector<float> out(rows);
  std::vector<std::array<std::int32_t, kBlock>> block(ids.size());
  std::array<float, kBlock> predictions{};
  for (std::size_t first = 0; first < rows; first += kBlock) {
    const std::size_t count = std::min(kBlock, rows - first);
    std::vector<std::span<const std::int32_t>> views;
    for (std::size_t k = 0; k < ids.size(); ++k) {
      if (ids[k].size() != rows) fail("predict: {} ids in a column, {} rows", ids[k].size(), rows);
      block[k].fill(Vocabulary::kOutOfVocabulary);
      std::copy_n(ids[k].begin() + static_cast<std::ptrdiff_t>(first), count, block[k].begin());
      views.emplace_back(block[k]);
    }
    predictor_.predict(views, predictions);
    std::copy_n(predictions.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(first));
  }
  return out;
}

}  // namespace gradus::experiment
