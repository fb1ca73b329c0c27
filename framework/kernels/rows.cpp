#include "framework/kernels/rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "framework/core/error.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/parallel.h"
#include "framework/kernels/small_matmul.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {
namespace {

constexpr int kRadixBits = 11;
constexpr std::size_t kBuckets = std::size_t{1} << kRadixBits;
// Rows that are on their way from memory while one is read, and as many where they are long.
constexpr std::int64_t kAhead = 16;
constexpr std::int64_t kRowsAhead = 2;
constexpr std::int64_t kLong = 64;

std::int64_t row_size(const View& table) {
  return table.extents[0] == 0 ? 0 : table.elements() / table.extents[0];
}

/// Begins to fetch `size` floats from memory.
[[gnu::always_inline]] inline void fetch(const float* x, std::int64_t size) {
  constexpr std::int64_t kLine = 16;
  for (std::int64_t i = 0; i < size; i += kLine) __builtin_prefetch(x + i);
}

/// Begins to fetch a row, which may not be one of the table's.
void fetch(const View& table, std::int32_t id, std::int64_t size) {
  if (id >= 0 && id < table.extents[0]) fetch(table.floats() + id * size, size);
}

/// out += the first `count` of these rows of x, `step` apart, of which there are `known`, less
/// `first`.
GRADUS_CLONES
void add_rows(const float* x, std::int64_t step, const std::int32_t* numbers, std::int64_t count,
              std::int64_t known, std::int64_t first, std::int64_t dimension, float* out) {
  const std::int64_t ahead = dimension < kLong ? kAhead : kRowsAhead;
  for (std::int64_t r = 0; r < count; ++r) {
    if (r + ahead < known) fetch(x + (numbers[r + ahead] - first) * step, dimension);
    const float* row = x + (numbers[r] - first) * step;
    for (std::int64_t i = 0; i < dimension; ++i) out[i] += row[i];
  }
}

/// out += a row.
GRADUS_CLONES
void add_row(const float* row, std::int64_t size, float* out) {
  for (std::int64_t i = 0; i < size; ++i) out[i] += row[i];
}

/// Throws UnknownRow for the first id that is not a row of the table. All are looked at in one loop
/// of vectors before one is looked for.
void check_known(std::span<const std::int32_t> ids, std::int64_t table_rows, std::size_t lookup) {
  const auto last = static_cast<std::int32_t>(
      std::min<std::int64_t>(table_rows - 1, std::numeric_limits<std::int32_t>::max()));
  const auto is_known = [last](std::int32_t id) { return (id >= 0) & (id <= last); };
  bool all = true;
  for (const std::int32_t id : ids) all &= is_known(id);
  if (all) return;
  const auto unknown = std::ranges::find_if_not(ids, is_known);
  throw UnknownRow(*unknown, table_rows, {lookup, unknown - ids.begin()});
}

/// Rows that are added up in one pass over the result.
constexpr std::size_t kTogether = 8;

/// y = the sum of y, if `adds`, else of the first row and the bias, if there is one, and of the
/// other rows in their order; then 0 where that is negative, if `positive`.
GRADUS_CLONES
void sum_rows(const std::array<const float*, kTogether>& rows, std::size_t count, const float* bias,
              bool adds, bool positive, float* y, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    Vector total = load(rows[0] + i);
    if (adds) total += load(y + i);
    if (bias != nullptr) total += load(bias + i);
    for (std::size_t k = 1; k < count; ++k) total += load(rows[k] + i);
    store(y + i, positive ? relu(total) : total);
  }
  for (; i < n; ++i) {
    float total = rows[0][i];
    if (adds) total += y[i];
    if (bias != nullptr) total += bias[i];
    for (std::size_t k = 1; k < count; ++k) total += rows[k][i];
    y[i] = positive && total < 0 ? 0 : total;
  }
}

}  // namespace

UnknownRow::UnknownRow(std::int32_t id, std::int64_t rows, Position position)
    : Error(fmt::format("embedding: id {} is not a row of a table of {}", id, rows)),
      id_(id),
      rows_(rows),
      position_(position) {}

void gather(const View& table, const View& ids, const View& y) {
  const std::int64_t rows = table.extents[0];
  const std::int64_t size = row_size(table);
  const std::int64_t step = y.row_step > 0 ? y.row_step : size;
  const std::int64_t grain = std::max<std::int64_t>(1, kBlock / std::max<std::int64_t>(1, size));
  parallel_blocks(ids.elements(), grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int32_t id = ids.ids()[i];
      if (id < 0 || id >= rows) throw UnknownRow(id, rows, {.lookup = 0, .place = i});
      if (i + kAhead < end) fetch(table, ids.ids()[i + kAhead], size);
      std::memcpy(y.floats() + i * step, table.floats() + id * size,
                  static_cast<std::size_t>(size) * sizeof(float));
    }
  });
}

void gather_sum(std::span<const View> tables, std::span<const View> ids, const float* bias,
                Activation activation, const View& y) {
  const std::int64_t size = row_size(tables[0]);
  const std::int64_t grain = std::max<std::int64_t>(1, kBlock / std::max<std::int64_t>(1, size));
  const bool positive = activation == Activation::relu;
  parallel_blocks(ids[0].elements(), grain, [&](std::int64_t begin, std::int64_t end) {
    std::array<const float*, kTogether> rows{};
    for (std::int64_t i = begin; i < end; ++i) {
      float* out = y.floats() + i * size;
      for (std::size_t first = 0; first < tables.size(); first += kTogether) {
        const std::size_t count = std::min(kTogether, tables.size() - first);
        for (std::size_t k = 0; k < count; ++k) {
          const View& table = tables[first + k];
          const std::int32_t* id = ids[first + k].ids() + i;
          if (*id < 0 || *id >= table.extents[0]) {
            throw UnknownRow(*id, table.extents[0], {.lookup = first + k, .place = i});
          }
          if (i + kRowsAhead < end) fetch(table, id[kRowsAhead], size);
          rows[k] = table.floats() + *id * size;
        }
        const bool last = first + count == tables.size();
        sum_rows(rows, count, first == 0 ? bias : nullptr, first > 0, positive && last, out, size);
      }
    }
    if (!positive) activate(activation, y.floats() + begin * size, (end - begin) * size);
  });
}

RowSegments::RowSegments(std::int64_t capacity, std::int64_t table_rows)
    : table_rows_(table_rows),
      keys_(static_cast<std::size_t>(capacity)),
      rows_(keys_.size()),
      other_keys_(keys_.size()),
      other_rows_(keys_.size()),
      ids_(keys_.size() + 1),
      begins_(keys_.size() + 1) {}

void RowSegments::sort(std::span<const View> ids) {
  std::size_t total = 0;
  for (const View& view : ids) total += static_cast<std::size_t>(view.elements());
  if (total > keys_.size()) fail("rows: {} ids, there is room for {}", total, keys_.size());
  total = 0;
  for (std::size_t k = 0; k < ids.size(); ++k) {
    const std::span some(ids[k].ids(), static_cast<std::size_t>(ids[k].elements()));
    check_known(some, table_rows_, k);
    std::ranges::copy(some, keys_.begin() + static_cast<std::ptrdiff_t>(total));
    total += some.size();
  }
  if (table_rows_ <= static_cast<std::int64_t>(kBuckets)) {
    sort_few(total);
  } else {
    sort_many(total);
  }
}

void RowSegments::sort_few(std::size_t total) {
  std::array<std::int32_t, kBuckets> starts{};
  for (std::size_t i = 0; i < total; ++i) ++starts[static_cast<std::size_t>(keys_[i])];
  count_ = 0;
  std::int32_t start = 0;
  for (std::int64_t id = 0; id < table_rows_; ++id) {
    const std::int32_t size = std::exchange(starts[static_cast<std::size_t>(id)], start);
    begins_[static_cast<std::size_t>(count_)] = start;
    ids_[static_cast<std::size_t>(count_)] = static_cast<std::int32_t>(id);
    count_ += size > 0 ? 1 : 0;
    start += size;
  }
  begins_[static_cast<std::size_t>(count_)] = start;
  for (std::size_t i = 0; i < total; ++i) {
    std::int32_t& to = starts[static_cast<std::size_t>(keys_[i])];
    rows_[static_cast<std::size_t>(to++)] = static_cast<std::int32_t>(i);
  }
}

void RowSegments::sort_many(std::size_t total) {
  std::iota(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(total), 0);
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(table_rows_ - 1)));
  std::array<std::int32_t, kBuckets> starts;
  for (int shift = 0; shift < bits; shift += kRadixBits) {
    starts.fill(0);
    const auto digit = [&](std::int32_t key) {
      return (static_cast<std::size_t>(key) >> shift) & (kBuckets - 1);
    };
    for (std::size_t i = 0; i < total; ++i) ++starts[digit(keys_[i])];
    std::int32_t start = 0;
    for (std::int32_t& bucket : starts) start += std::exchange(bucket, start);
    for (std::size_t i = 0; i < total; ++i) {
      const auto to = static_cast<std::size_t>(starts[digit(keys_[i])]++);
      other_keys_[to] = keys_[i];
      other_rows_[to] = rows_[i];
    }
    keys_.swap(other_keys_);
    rows_.swap(other_rows_);
  }
  // Without a branch, which would be guessed wrong once a segment.
  std::size_t count = 0;
  std::int32_t before = -1;
  for (std::size_t i = 0; i < total; ++i) {
    begins_[count] = static_cast<std::int32_t>(i);
    ids_[count] = keys_[i];
    count += keys_[i] != before ? 1 : 0;
    before = keys_[i];
  }
  begins_[count] = static_cast<std::int32_t>(total);
  count_ = static_cast<std::int64_t>(count);
}

std::int32_t RowSegments::id(std::int64_t segment) const {
  return ids_[static_cast<std::size_t>(segment)];
}

std::span<const std::int32_t> RowSegments::rows(std::int64_t segment) const {
  const auto at = static_cast<std::size_t>(segment);
  const auto begin = static_cast<std::size_t>(begins_[at]);
  return {rows_.data() + begin, static_cast<std::size_t>(begins_[at + 1]) - begin};
}

std::int64_t RowSegments::rows_from(std::int64_t segment) const {
  return begins_[static_cast<std::size_t>(count_)] - begins_[static_cast<std::size_t>(segment)];
}

void scatter(const RowSegments& segments, const View& rows, const View& table) {
  constexpr std::int64_t kSegments = 32;
  const std::int64_t size = row_size(table);
  const std::int64_t count = segments.count();
  // Each block also clears the rows without a segment that follow its own.
  const auto end_of = [&](std::int64_t segment) {
    return segment < count ? segments.id(segment) : table.extents[0];
  };
  const std::int64_t first = end_of(0) * size;
  std::fill_n(table.floats(), first, 0.0F);
  parallel_blocks(count, kSegments, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t segment = begin; segment < end; ++segment) {
      float* out = table.floats() + segments.id(segment) * size;
      sum_segment(segments, segment, {&rows, 1}, size, out);
      std::fill(out + size, table.floats() + end_of(segment + 1) * size, 0.0F);
    }
  });
}

bool ascend(const View& ids, std::int64_t table_rows) {
  const std::span all(ids.ids(), static_cast<std::size_t>(ids.elements()));
  return all.empty() ||
         (std::ranges::is_sorted(all) && all.front() >= 0 && all.back() < table_rows);
}

void scatter_tile(const View& ids, const View& rows, std::int64_t first_row, std::int64_t batch,
                  const View& table) {
  const std::int64_t size = row_size(table);
  const std::int64_t step = rows.row_step > 0 ? rows.row_step : size;
  const std::int32_t* id = ids.ids();
  const std::int64_t count = ids.elements();
  std::int32_t before = first_row > 0 ? id[-1] : -1;  // the id of the row before, of any tile
  float* out = nullptr;                               // where this tile has begun
  const auto clear_to = [&](std::int64_t end) {
    std::fill(table.floats() + (before + 1) * size, table.floats() + end * size, 0.0F);
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const float* row = rows.floats() + i * step;
    if (id[i] != before) {
      clear_to(id[i]);
      before = id[i];
      out = table.floats() + before * size;
      std::copy_n(row, size, out);
    } else if (out != nullptr) {
      add_row(row, size, out);
    }
  }
  if (first_row + count == batch) clear_to(table.extents[0]);
}

void scatter_rest(const View& ids, const View& rows, std::int64_t tile_rows, const View& table) {
  constexpr std::int64_t kTiles = 8;
  const std::int64_t size = row_size(table);
  const std::int64_t step = rows.row_step > 0 ? rows.row_step : size;
  const std::int32_t* id = ids.ids();
  const std::int64_t count = ids.elements();
  const auto goes_on = [&](std::int64_t i) { return i > 0 && id[i] == id[i - 1]; };
  const std::int64_t tiles = (count + tile_rows - 1) / tile_rows;
  parallel_blocks(tiles, kTiles, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t tile = begin; tile < end; ++tile) {
      std::int64_t i = tile * tile_rows;
      const bool first = i > 0 && !(goes_on(i - tile_rows) && id[i - tile_rows] == id[i]);
      if (!goes_on(i) || !first) continue;  // or an earlier tile's end has added all
      float* out = table.floats() + id[i] * size;
      for (; i < count && goes_on(i); ++i) add_row(rows.floats() + i * step, size, out);
    }
  });
}

void sum_segment(const RowSegments& segments, std::int64_t segment, std::span<const View> lookups,
                 std::int64_t dimension, float* out) {
  if (dimension == 0) return;
  std::fill_n(out, dimension, 0.0F);
  const std::span<const std::int32_t> rows = segments.rows(segment);
  std::int64_t first = 0;  // the number of the lookup's first row
  std::size_t begin = 0;
  for (const View& view : lookups) {
    const std::int64_t last = first + view.elements() / dimension;
    std::size_t end = begin;
    while (end < rows.size() && rows[end] < last) ++end;
    const auto count = static_cast<std::int64_t>(end - begin);
    // Of one lookup, the next segments' rows are known to be its own.
    const std::int64_t known = lookups.size() == 1 ? segments.rows_from(segment) : count;
    const std::int64_t step = view.row_step > 0 ? view.row_step : dimension;
    add_rows(view.floats(), step, rows.data() + begin, count, known, first, dimension, out);
    begin = end;
    first = last;
  }
}

}  // namespace gradus::kernels
