#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y[i, :] = table[ids[i], :] for every element of `ids`. Throws Error for an id beyond the table.
void gather(const View& table, const View& ids, const View& y);

/// table[ids[i], :] += rows[i, :], in the order of i. Throws Error for an id beyond the table.
void scatter_add(const View& ids, const View& rows, const View& table);

/// Rows of a table's gradient grouped by id: repeated ids form one segment, whose rows keep their
/// order. Sorting costs in proportion to the rows given, whatever the table's size.
class RowSegments {
 public:
  /// For up to `capacity` rows of a table of `table_rows`.
  RowSegments(std::int64_t capacity, std::int64_t table_rows);

  /// Groups the ids of one or several lookups, the rows of which are numbered one after the other.
  /// Throws Error for an id beyond the table, and for more ids than the capacity.
  void sort(std::span<const View> ids);

  std::int64_t count() const { return count_; }
  std::int32_t id(std::int64_t segment) const;
  /// The numbers of the segment's rows, ascending.
  std::span<const std::int32_t> rows(std::int64_t segment) const;

 private:
  std::int64_t table_rows_;
  std::int64_t count_ = 0;
  std::vector<std::int32_t> keys_;
  std::vector<std::int32_t> rows_;
  std::vector<std::int32_t> other_keys_;
  std::vector<std::int32_t> other_rows_;
  std::vector<std::int32_t> begins_;
};

/// out[:] = the sum of the segment's rows in their order; `lookups` hold the rows that
/// RowSegments::sort numbered one after the other.
void sum_segment(std::span<const std::int32_t> rows, std::span<const View> lookups,
                 std::int64_t dimension, float* out);

}  // namespace gradus::kernels
