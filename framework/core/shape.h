#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace gradus {

/// The most axes that a tensor may have.
inline constexpr int kMaximumRank = 6;

/// Sizes of a tensor's axes, row-major, outermost first; rank 0 is a scalar.
class Extents {
 public:
  Extents() = default;
  /// Throws Error for more axes than a shape can have, and for sizes below 0.
  Extents(std::initializer_list<std::int64_t> sizes);

  int rank() const { return rank_; }  ///< how many axes there are
  /// The size of an axis, from 0.
  std::int64_t operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  /// The same, to be changed.
  std::int64_t& operator[](int axis) { return sizes_[static_cast<std::size_t>(axis)]; }
  const std::int64_t* begin() const { return sizes_.data(); }        ///< the first axis' size
  const std::int64_t* end() const { return sizes_.data() + rank_; }  ///< behind the last

  /// Appends an axis. Throws Error beyond kMaximumRank or for a negative size.
  void push_back(std::int64_t size);
  /// The product of all sizes; 1 for a scalar.
  std::int64_t elements() const;
  /// "[4, 3]"; "[]" for a scalar.
  std::string text() const;

  /// Whether all sizes are the same.
  friend bool operator==(const Extents& a, const Extents& b);

 private:
  std::array<std::int64_t, kMaximumRank> sizes_{};
  int rank_ = 0;
};

/// One axis of a value in a graph: a constant, or a constant times the batch.
struct Dimension {
  std::int64_t size = 0;     ///< a constant, or what the batch is multiplied with
  bool times_batch = false;  ///< whether it grows with the batch

  /// A constant, or `constant` times the batch.
  // NOLINTNEXTLINE(google-explicit-constructor): shapes are written as {4, 3}
  Dimension(std::int64_t constant = 0, bool batch = false) : size(constant), times_batch(batch) {}

  /// In a batch of so many rows.
  std::int64_t at(std::int64_t batch) const { return times_batch ? size * batch : size; }
  /// "4", "batch", "2*batch".
  std::string text() const;
  /// Whether both are the same for any batch.
  friend bool operator==(const Dimension& a, const Dimension& b) {
    return a.size == b.size && a.times_batch == b.times_batch;
  }
};

/// The dimension that is the batch itself, as in `Shape{kBatch, 32}`.
inline const Dimension kBatch{1, true};

/// The shape of a value in a graph, known up to the batch, so that a model is traced once.
class Shape {
 public:
  Shape() = default;
  /// Throws Error for more axes than a shape can have, and for sizes below 0.
  Shape(std::initializer_list<Dimension> dimensions);
  /// Without a batch.
  explicit Shape(const Extents& extents);

  int rank() const { return rank_; }  ///< how many axes there are
  /// An axis, from 0.
  const Dimension& operator[](int axis) const { return axes_[static_cast<std::size_t>(axis)]; }
  /// The same, to be changed.
  Dimension& operator[](int axis) { return axes_[static_cast<std::size_t>(axis)]; }
  const Dimension* begin() const { return axes_.data(); }        ///< the first axis
  const Dimension* end() const { return axes_.data() + rank_; }  ///< behind the last

  void push_back(Dimension dimension);  ///< one more axis, the last
  /// The sizes for a batch of `batch` rows.
  Extents at(std::int64_t batch) const;
  /// The number of elements, itself a constant or a constant times the batch. Throws Error where
  /// the batch appears twice.
  Dimension elements() const;
  /// Whether any axis grows with the batch.
  bool has_batch() const;
  /// Whether the first axis, and only that, grows with the batch: rows can be cut into tiles.
  bool has_rows() const;
  /// "[batch, 32]", "[2*batch]", "[4, 3]".
  std::string text() const;

  /// Whether both are the same for any batch.
  friend bool operator==(const Shape& a, const Shape& b);

 private:
  std::array<Dimension, kMaximumRank> axes_{};
  int rank_ = 0;
};

}  // namespace gradus
