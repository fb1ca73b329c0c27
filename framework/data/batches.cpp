#include "framework/data/batches.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/data/text.h"

namespace gradus {

const std::vector<std::string>& shuffle_names() {
  static const std::vector<std::string> kNames = {"none", "once", "every_epoch"};
  return kNames;
}

Shuffle shuffle(std::string_view name) {
  const auto& names = shuffle_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    fail("{} is no way to shuffle; the ways: {}", in_quotes(name), fmt::join(names, ", "));
  }
  return static_cast<Shuffle>(found - names.begin());
}

Batches::Batches(std::vector<std::int32_t> rows, std::int64_t batch_size, Shuffle shuffle,
                 std::uint64_t seed, const Encoded::Ids* by)
    : rows_(std::move(rows)), batch_size_(batch_size), shuffle_(shuffle), seed_(seed) {
  if (rows_.empty()) fail("batches: there are no rows");
  if (batch_size_ < 1) fail("batches: a batch of {} rows, 1 or more are required", batch_size_);
  std::vector<std::int32_t> places(rows_.size());
  std::iota(places.begin(), places.end(), 0);
  if (by != nullptr) {
    by_id_ = places;
    std::ranges::stable_sort(by_id_, {}, [&](std::int32_t place) {
      return by->ids[static_cast<std::size_t>(rows_[static_cast<std::size_t>(place)])];
    });
  }
  if (shuffle_ == Shuffle::none) arrange(places);
  if (shuffle_ == Shuffle::once) permute(0);
  start_epoch(1);
}

void Batches::start_epoch(std::int64_t epoch) {
  if (shuffle_ == Shuffle::every_epoch) permute(static_cast<std::uint32_t>(epoch));
}

void Batches::permute(std::uint32_t step) {
  arrange(Random(seed_, "shuffle", step).permutation(static_cast<std::int64_t>(rows_.size())));
}

/// Puts the rows at `places` in `rows_` into this order, each batch's by id.
void Batches::arrange(const std::vector<std::int32_t>& places) {
  order_.resize(rows_.size());
  if (by_id_.empty()) {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      order_[i] = rows_[static_cast<std::size_t>(places[i])];
    }
    return;
  }
  std::vector<std::int32_t> batches(rows_.size());  // by place
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto batch = static_cast<std::int64_t>(i) / batch_size_;
    batches[static_cast<std::size_t>(places[i])] = static_cast<std::int32_t>(batch);
  }
  std::vector<std::int64_t> next(static_cast<std::size_t>(size()));  // by batch: its next row
  for (std::size_t batch = 0; batch < next.size(); ++batch) {
    next[batch] = static_cast<std::int64_t>(batch) * batch_size_;
  }
  for (const std::int32_t place : by_id_) {
    const auto at = static_cast<std::size_t>(place);
    order_[static_cast<std::size_t>(next[static_cast<std::size_t>(batches[at])]++)] = rows_[at];
  }
}

std::int64_t Batches::size() const {
  return (static_cast<std::int64_t>(order_.size()) + batch_size_ - 1) / batch_size_;
}

std::span<const std::int32_t> Batches::operator[](std::int64_t batch) const {
  if (batch < 0 || batch >= size()) {
    fail("batches: no batch {}, there are {} (from 0)", batch, size());
  }
  const std::int64_t begin = batch * batch_size_;
  const std::int64_t left = static_cast<std::int64_t>(order_.size()) - begin;
  return rows().subspan(static_cast<std::size_t>(begin),
                        static_cast<std::size_t>(std::min(left, batch_size_)));
}

}  // namespace gradus
