#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/data/encoded.h"

namespace gradus {

/// When the order of training rows changes.
enum class Shuffle : std::uint8_t {
  none,        ///< never: batches are cut from the split's own order
  once,        ///< one permutation; all epochs see the same batches
  every_epoch  ///< another permutation for each epoch
};

/// "none", "once" and "every_epoch", in that order.
const std::vector<std::string>& shuffle_names();
/// The shuffle of that name. Throws Error with the names where there is none.
Shuffle shuffle(std::string_view name);

/// Rows cut into batches; the last one is smaller where they do not come out even. All follows from
/// what they are made of and the epoch alone, so that a resumed run goes on as it would have.
class Batches {
 public:
  /// The first epoch is 1. `by`: within a batch, the rows come by their ids there, those of one id
  /// in the order of `rows`, so that they read the same memory one after the other; null: all come
  /// as they were shuffled. Throws Error where there are no rows, or `batch_size` is below 1.
  Batches(std::vector<std::int32_t> rows, std::int64_t batch_size, Shuffle shuffle = Shuffle::none,
          std::uint64_t seed = 0, const Encoded::Ids* by = nullptr);

  /// Puts the rows into the order of that epoch, from 1.
  void start_epoch(std::int64_t epoch);

  /// How many batches there are in an epoch.
  std::int64_t size() const;
  std::int64_t batch_size() const { return batch_size_; }  ///< rows of all but the last
  /// All rows, in the order of this epoch.
  std::span<const std::int32_t> rows() const { return order_; }
  /// The rows of batch `batch`, from 0; Encoded copies their values out.
  std::span<const std::int32_t> operator[](std::int64_t batch) const;

 private:
  void permute(std::uint32_t step);
  void arrange(const std::vector<std::int32_t>& places);

  std::vector<std::int32_t> rows_;   // in the split's own order
  std::vector<std::int32_t> by_id_;  // their places in `rows_`, by id; empty without ids
  std::vector<std::int32_t> order_;  // of this epoch
  std::int64_t batch_size_;
  Shuffle shuffle_;
  std::uint64_t seed_;
};

}  // namespace gradus
