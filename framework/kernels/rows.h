#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/tensor.h"
#include "framework/kernels/matmul.h"

namespace gradus::kernels {

/// What is thrown for an id that is no row of its table.
class UnknownRow : public Error {
 public:
  /// Where it stands: element `place` of the ids of the call's lookup `lookup`, both from 0.
  struct Position {
    std::size_t lookup = 0;  ///< which of several tables
    std::int64_t place = 0;  ///< among its ids
  };
  /// Of a table of `rows`.
  UnknownRow(std::int32_t id, std::int64_t rows, Position position);

  std::int32_t id() const noexcept { return id_; }          ///< what is no row
  std::int64_t rows() const noexcept { return rows_; }      ///< of the table
  Position position() const noexcept { return position_; }  ///< of the id

 private:
  std::int32_t id_;
  std::int64_t rows_;
  Position position_;
};

/// y[i, :] = table[ids[i], :] for every element of `ids`; the rows of y may lie apart. Throws
/// UnknownRow for an id beyond the table.
void gather(const View& table, const View& ids, const View& y);

/// y[i, :] = activation(sum over k of tables[k][ids[k][i], :] + bias), without a bias where that is
/// null. Throws UnknownRow for an id beyond its table.
void gather_sum(std::span<const View> tables, std::span<const View> ids, const float* bias,
                Activation activation, const View& y);

/// Rows of a table's gradient grouped by id: repeated ids form one segment, whose rows keep their
/// order. Sorting costs in proportion to the rows given, whatever the table's size.
class RowSegments {
 public:
  /// For up to `capacity` rows of a table of `table_rows`.
  RowSegments(std::int64_t capacity, std::int64_t table_rows);

  /// Groups the ids of one or several lookups, the rows of which are numbered one after the other.
  /// Throws UnknownRow for an id beyond the table, and Error for more ids than the capacity.
  void sort(std::span<const View> ids);

  std::int64_t count() const { return count_; }  ///< how many there are
  std::int32_t id(std::int64_t segment) const;   ///< the row that they are added up for
  /// The numbers of the segment's rows, ascending.
  std::span<const std::int32_t> rows(std::int64_t segment) const;
  /// How many rows this segment and all after it have; their numbers follow those of `rows`.
  std::int64_t rows_from(std::int64_t segment) const;

 private:
  /// Of a small table, by counting; of another, by a stable radix sort.
  void sort_few(std::size_t total);
  void sort_many(std::size_t total);

  std::int64_t table_rows_;
  std::int64_t count_ = 0;
  std::vector<std::int32_t> keys_;
  std::vector<std::int32_t> rows_;
  std::vector<std::int32_t> other_keys_;
  std::vector<std::int32_t> other_rows_;
  std::vector<std::int32_t> ids_;
  std::vector<std::int32_t> begins_;
};

/// table[id, :] = the sum of the rows [count, dimension] whose id it is, in their order; 0 where
/// there are none. `segments` are those of the rows' ids. The rows may lie apart.
void scatter(const RowSegments& segments, const View& rows, const View& table);

/// Whether the ids ascend, and all are rows of a table of `table_rows`.
bool ascend(const View& ids, std::int64_t table_rows);

/// What one tile of rows can do of `scatter` where the ids of all rows ascend: table[id, :] = the
/// sum of the tile's rows of `id`, and 0 for the ids left out before and, by the tile with the last
/// of `batch` rows, after it. `first_row` is the tile's first. Its rows of an id that an earlier
/// tile ends with are left to scatter_rest; tiles may run at the same time.
void scatter_tile(const View& ids, const View& rows, std::int64_t first_row, std::int64_t batch,
                  const View& table);
/// Adds what scatter_tile left, for all tiles of so many rows: the table is then what `scatter`
/// makes of it.
void scatter_rest(const View& ids, const View& rows, std::int64_t tile_rows, const View& table);

/// out[:] = the sum of the segment's rows in their order; `lookups` hold the rows that
/// RowSegments::sort numbered one after the other. The rows of each may lie apart.
void sum_segment(const RowSegments& segments, std::int64_t segment, std::span<const View> lookups,
                 std::int64_t dimension, float* out);

}  // namespace gradus::kernels
