#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gradus {

/// Partial sums over tiles of rows, one for each lane, added up two by two: lane 0 and 1, 2 and 3,
/// then the sums of both, and so on. Who finishes the second of two adds them at once, while they
/// are in its cache; the order of the additions is the same whoever that is.
class Lanes {
 public:
  /// `count` lanes of `bytes` each, filled by `workers`.
  Lanes(std::int64_t count, std::size_t bytes, int workers);

  /// Forgets all sums.
  void begin();
  /// Memory for a lane, which this worker is about to fill: rather what it has added up and needs
  /// no more than memory that it has not touched.
  std::byte* take(std::int64_t lane);
  /// A lane is filled. Calls add(left, right, last) for all sums of two that were waiting for it;
  /// the sum belongs where `left` is, unless it is the last.
  template <class Add>
  void finish(std::int64_t lane, const Add& add) {
    for (std::int64_t apart = 1; apart < count_; apart *= 2) {
      const std::int64_t left = lane / (2 * apart) * (2 * apart);
      const std::int64_t right = left + apart;
      if (right >= count_) continue;  // the left one has none to be added to here
      if (!waits_[static_cast<std::size_t>(right)].exchange(true)) return;
      add(memory(left), memory(right), 2 * apart >= count_);
      give_back(right);
      lane = left;
    }
  }

 private:
  std::byte* memory(std::int64_t lane) const;
  void give_back(std::int64_t lane);

  std::int64_t count_;
  std::size_t bytes_;
  std::shared_ptr<std::byte> memory_;
  std::vector<std::int64_t> block_;              // by lane: which part of the memory it has
  std::vector<std::vector<std::int64_t>> free_;  // by worker: parts that it has used before
  std::atomic<std::int64_t> untouched_ = 0;      // the first part that nobody has used
  std::vector<std::atomic<bool>> waits_;         // by right lane: one of the two is there
};

}  // namespace gradus
