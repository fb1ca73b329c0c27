#include "framework/core/shape.h"

#include <algorithm>

#include "framework/core/error.h"

namespace gradus {
namespace {

void check_rank(int rank) {
  if (rank >= kMaximumRank) fail("shape: more than {} axes", kMaximumRank);
}

}  // namespace

Extents::Extents(std::initializer_list<std::int64_t> sizes) {
  for (std::int64_t size : sizes) push_back(size);
}

void Extents::push_back(std::int64_t size) {
  check_rank(rank_);
  if (size < 0) fail("shape: negative size {}", size);
  sizes_[static_cast<std::size_t>(rank_++)] = size;
}

std::int64_t Extents::elements() const {
  std::int64_t product = 1;
  for (std::int64_t size : *this) product *= size;
  return product;
}

std::string Extents::text() const { return fmt::format("[{}]", fmt::join(begin(), end(), ", ")); }

bool operator==(const Extents& a, const Extents& b) { return std::ranges::equal(a, b); }

std::string Dimension::text() const {
  if (!times_batch) return fmt::format("{}", size);
  return size == 1 ? "batch" : fmt::format("{}*batch", size);
}

Shape::Shape(std::initializer_list<Dimension> dimensions) {
  for (const Dimension& dimension : dimensions) push_back(dimension);
}

Shape::Shape(const Extents& extents) {
  for (std::int64_t size : extents) push_back(size);
}

void Shape::push_back(Dimension dimension) {
  check_rank(rank_);
  if (dimension.size < 0) fail("shape: negative size {}", dimension.size);
  axes_[static_cast<std::size_t>(rank_++)] = dimension;
}

Extents Shape::at(std::int64_t batch) const {
  Extents extents;
  for (const Dimension& dimension : *this) extents.push_back(dimension.at(batch));
  return extents;
}

Dimension Shape::elements() const {
  Dimension product{1};
  for (const Dimension& dimension : *this) {
    if (dimension.times_batch && product.times_batch) {
      fail("shape: the batch appears twice in {}", text());
    }
    product.size *= dimension.size;
    product.times_batch |= dimension.times_batch;
  }
  return product;
}

bool Shape::has_batch() const {
  return std::ranges::any_of(*this, [](const Dimension& d) { return d.times_batch; });
}

bool Shape::has_rows() const {
  return rank_ > 0 && axes_[0].times_batch &&
         std::none_of(begin() + 1, end(), [](const Dimension& d) { return d.times_batch; });
}

std::string Shape::text() const {
  std::string out = "[";
  for (int axis = 0; axis < rank_; ++axis) {
    if (axis > 0) out += ", ";
    out += (*this)[axis].text();
  }
  return out + "]";
}

bool operator==(const Shape& a, const Shape& b) { return std::ranges::equal(a, b); }

}  // namespace gradus
