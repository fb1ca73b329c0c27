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
  Extents(std::initializer_list<std::int64_t> sizes);

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  std::int64_t& operator[](int axis) { return sizes_[static_cast<std::size_t>(axis)]; }
  const std::int64_t* begin() const { return sizes_.data(); }
  const std::int64_t* end() const { return sizes_.data() + rank_; }

  /// Appends an axis. Throws Error beyond kMaximumRank or for a negative size.
  void push_back(std::int64_t size);
  /// The product of all sizes; 1 for a scalar.
  std::int64_t elements() const;
  /// "[4, 3]"; "[]" for a scalar.
  std::string text() const;

  friend bool operator==(const Extents& a, const Extents& b);

 private:
  std::array<std::int64_t, kMaximumRank> sizes_{};
  int rank_ = 0;
};

/// One axis of a value in a graph: a constant, or a constant times the batch.
struct Dimension {
  std::int64_t size = 0;
  bool times_batch = false;

  // NOLINTNEXTLINE(google-explicit-constructor): shapes are written as {4, 3}
  Dimension(std::int64_t constant = 0, bool batch = false) : size(constant), times_batch(batch) {}

  std::int64_t at(std::int64_t batch) const { return times_batch ? size * batch : size; }
  /// "4", "batch", "2*batch".
  std::string text() const;
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
  Shape(std::initializer_list<Dimension> dimensions);
  explicit Shape(const Extents& extents);

  int rank() const { return rank_; }
  const Dimension& operator[](int axis) const { return axes_[static_cast<std::size_t>(axis)]; }
  Dimension& operator[](int axis) { return axes_[static_cast<std::size_t>(axis)]; }
  const Dimension* begin() const { return axes_.data(); }
  const Dimension* end() const { return axes_.data() + rank_; }

  void push_back(Dimension dimension);
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

  friend bool operator==(const Shape& a, const Shape& b);

 private:
  std::array<Dimension, kMaximumRank> axes_{};
  int rank_ = 0;
};

}  // namespace gradus
