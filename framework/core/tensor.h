#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "framework/core/shape.h"

namespace gradus {

/// What a tensor's elements are: numbers, or ids of rows (ids are never floats).
enum class DataType : std::uint8_t { float32, int32 };

/// "float32" or "int32".
std::string_view name(DataType type);

/// A look at someone else's elements, contiguous and row-major. Cheap to copy; owns nothing.
struct View {
  void* data = nullptr;               ///< of the first element
  Extents extents;                    ///< how many elements along each axis
  DataType type = DataType::float32;  ///< what an element is
  /// Elements from one row of [rows, n] to the next, where the rows lie in those of a wider value;
  /// 0: one follows the other, as ops may take for granted unless theirs says otherwise.
  std::int64_t row_step = 0;

  float* floats() const { return static_cast<float*>(data); }  ///< the first element, of float32
  /// The first element, of int32.
  std::int32_t* ids() const { return static_cast<std::int32_t*>(data); }
  std::int64_t elements() const { return extents.elements(); }  ///< how many there are
};

/// Elements and their shape, 64-byte aligned, contiguous, row-major. Copies share the elements;
/// `clone` makes new ones.
class Tensor {
 public:
  Tensor() = default;
  /// Zeros. Throws Error where memory cannot be had.
  explicit Tensor(const Extents& extents, DataType type = DataType::float32);
  /// A copy of these elements, in row order. Throws Error for another number of them.
  Tensor(const Extents& extents, std::span<const float> values);
  /// The same of ids.
  Tensor(const Extents& extents, std::span<const std::int32_t> ids);

  const Extents& extents() const { return extents_; }  ///< how many elements along each axis
  DataType type() const { return type_; }              ///< what an element is
  std::int64_t elements() const { return extents_.elements(); }  ///< how many there are
  /// Of all elements.
  std::size_t bytes() const { return static_cast<std::size_t>(elements()) * 4; }

  /// The elements. Throws Error where the tensor holds the other type.
  std::span<float> floats() const;
  std::span<std::int32_t> ids() const;  ///< the elements, of int32

  /// The elements, which live as long as a tensor that has them.
  View view() const { return {storage_.get(), extents_, type_}; }
  Tensor clone() const;          ///< a copy that shares nothing
  void fill(float value) const;  ///< sets all elements, of float32

 private:
  Extents extents_;
  DataType type_ = DataType::float32;
  std::shared_ptr<std::byte> storage_;
};

/// How many blocks of elements Gradus has allocated since the program began: a replayed step adds
/// none.
std::int64_t allocation_count();

/// `bytes` of 64-byte aligned, zeroed memory, counted by `allocation_count`.
std::shared_ptr<std::byte> allocate(std::size_t bytes);

}  // namespace gradus
