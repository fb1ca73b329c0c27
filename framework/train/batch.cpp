#include "framework/train/batch.h"

#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

View first_rows(const Tensor& tensor, const Extents& extents) {
  View view = tensor.view();
  view.extents = extents;
  return view;
}

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

}  // namespace

Batch::Batch(const Encoded& data, const std::vector<InputColumn>& columns, std::int64_t capacity)
    : data_(data), columns_(columns), labels_({capacity}), weights_({capacity}) {
  for (const InputColumn& column : columns) {
    values_.emplace_back(Extents{capacity}, column.type());
  }
  if (!data.groups().empty()) groups_.resize(size(capacity));
}

void Batch::fill(std::span<const std::int32_t> rows) {
  constexpr std::int64_t kGrain = 1024;  // rows worth handing to a worker
  rows_ = static_cast<std::int64_t>(rows.size());
  kernels::parallel_blocks(rows_, kGrain, [&](std::int64_t begin, std::int64_t end) {
    const std::size_t first = size(begin);
    const std::size_t count = size(end - begin);
    const std::span<const std::int32_t> some = rows.subspan(first, count);
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const InputColumn& column = columns_[k];
      if (column.number) {
        data_.copy_numbers(column.name, some, values_[k].floats().subspan(first, count));
      } else {
        data_.copy_ids(column.name, some, values_[k].ids().subspan(first, count));
      }
    }
    data_.copy_labels(some, labels_.floats().subspan(first, count));
    data_.copy_weights(some, weights_.floats().subspan(first, count));
    if (!groups_.empty()) data_.copy_groups(some, std::span(groups_).subspan(first, count));
  });
}

View Batch::column(std::size_t index) const { return first_rows(values_[index], {rows_}); }
View Batch::labels() const { return first_rows(labels_, {rows_, 1}); }
View Batch::weights() const { return first_rows(weights_, {rows_, 1}); }

std::span<const float> Batch::label_values() const { return labels_.floats().first(size(rows_)); }

std::span<const float> Batch::weight_values() const {
  if (data_.weights().empty()) return {};
  return weights_.floats().first(size(rows_));
}

MetricRows Batch::metric_rows(std::span<const float> predictions) const {
  return {.predictions = predictions,
          .labels = label_values(),
          .weights = weight_values(),
          .groups = std::span(groups_).first(groups_.empty() ? 0 : size(rows_))};
}

}  // namespace gradus
