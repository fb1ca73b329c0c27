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
  void* data = nullptr;
  Extents extents;
  DataType type = DataType::float32;

  float* floats() const { return static_cast<float*>(data); }
  std::int32_t* ids() const { return static_cast<std::int32_t*>(data); }
  std::int64_t elements() const { return extents.elements(); }
};

/// Elements and their shape, 64-byte aligned, contiguous, row-major. Copies share the elements;
/// `clone` makes new ones.
class Tensor {
 public:
  Tensor() = default;
  /// Zeros. Throws Error where memory cannot be had.
  explicit Tensor(const Extents& extents, DataType type = DataType::float32);
  Tensor(const Extents& extents, std::span<const float> values);
  Tensor(const Extents& extents, std::span<const std::int32_t> ids);

  const Extents& extents() const { return extents_; }
  DataType type() const { return type_; }
  std::int64_t elements() const { return extents_.elements(); }
  std::size_t bytes() const { return static_cast<std::size_t>(elements()) * 4; }

  /// The elements. Throws Error where the tensor holds the other type.
  std::span<float> floats() const;
  std::span<std::int32_t> ids() const;

  View view() const { return {storage_.get(), extents_, type_}; }
  Tensor clone() const;
  void fill(float value) const;

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
