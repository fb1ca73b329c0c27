#include "framework/core/tensor.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "framework/core/error.h"

namespace gradus {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kBigPage = std::size_t{2} << 20;
std::atomic<std::int64_t> allocations{0};

}  // namespace

std::string_view name(DataType type) { return type == DataType::float32 ? "float32" : "int32"; }

std::int64_t allocation_count() { return allocations.load(std::memory_order_relaxed); }

std::shared_ptr<std::byte> allocate(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const std::size_t alignment = bytes < kBigPage ? kAlignment : kBigPage;
  const std::size_t rounded =
      (std::max<std::size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  void* block = nullptr;
  if (posix_memalign(&block, alignment, rounded) != 0) {
    fail("tensor: no memory for {} bytes", bytes);
  }
  // Rows read here and there then miss fewer translations of addresses. Where the system has no big
  // pages to give, small ones serve.
  if (alignment == kBigPage) madvise(block, rounded / kBigPage * kBigPage, MADV_HUGEPAGE);
  std::memset(block, 0, rounded);
  return {static_cast<std::byte*>(block), [](std::byte* p) { std::free(p); }};
}

Tensor::Tensor(const Extents& extents, DataType type) : extents_(extents), type_(type) {
  std::int64_t bytes = 4;
  for (const std::int64_t size : extents) {
    if (__builtin_mul_overflow(bytes, size, &bytes)) {
      fail("tensor: too many elements in {}", extents.text());
    }
  }
  storage_ = allocate(static_cast<std::size_t>(bytes));
}

Tensor::Tensor(const Extents& extents, std::span<const float> values) : Tensor(extents) {
  if (static_cast<std::int64_t>(values.size()) != elements()) {
    fail("tensor: {} values for shape {}", values.size(), extents.text());
  }
  std::ranges::copy(values, floats().begin());
}

Tensor::Tensor(const Extents& extents, std::span<const std::int32_t> ids)
    : Tensor(extents, DataType::int32) {
  if (static_cast<std::int64_t>(ids.size()) != elements()) {
    fail("tensor: {} ids for shape {}", ids.size(), extents.text());
  }
  std::ranges::copy(ids, this->ids().begin());
}

std::span<float> Tensor::floats() const {
  if (type_ != DataType::float32) fail("tensor: holds {}, float32 was asked for", name(type_));
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  return {reinterpret_cast<float*>(storage_.get()),
          storage_ ? static_cast<std::size_t>(elements()) : 0};
}

std::span<std::int32_t> Tensor::ids() const {
  if (type_ != DataType::int32) fail("tensor: holds {}, int32 was asked for", name(type_));
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  return {reinterpret_cast<std::int32_t*>(storage_.get()),
          storage_ ? static_cast<std::size_t>(elements()) : 0};
}

Tensor Tensor::clone() const {
  Tensor copy(extents_, type_);
  if (storage_) std::memcpy(copy.storage_.get(), storage_.get(), bytes());
  return copy;
}

void Tensor::fill(float value) const {
  auto values = floats();
  std::ranges::fill(values, value);
}

}  // namespace gradus
