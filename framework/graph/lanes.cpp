#include "framework/graph/lanes.h"

#include "framework/core/tensor.h"
#include "framework/kernels/parallel.h"

namespace gradus {

Lanes::Lanes(std::int64_t count, std::size_t bytes, int workers)
    : count_(count),
      bytes_(bytes),
      memory_(allocate(bytes * static_cast<std::size_t>(count))),
      block_(static_cast<std::size_t>(count)),
      free_(static_cast<std::size_t>(workers)),
      waits_(static_cast<std::size_t>(count)) {
  for (auto& blocks : free_) blocks.reserve(static_cast<std::size_t>(count));
}

void Lanes::begin() {
  untouched_ = 0;
  for (auto& blocks : free_) blocks.clear();
  for (auto& waits : waits_) waits = false;
}

std::byte* Lanes::take(std::int64_t lane) {
  auto& blocks = free_[static_cast<std::size_t>(kernels::worker())];
  auto& block = block_[static_cast<std::size_t>(lane)];
  if (blocks.empty()) {
    block = untouched_++;  // as many as there are lanes suffice: each takes one at most
  } else {
    block = blocks.back();
    blocks.pop_back();
  }
  return memory(lane);
}

std::byte* Lanes::memory(std::int64_t lane) const {
  return memory_.get() + static_cast<std::size_t>(block_[static_cast<std::size_t>(lane)]) * bytes_;
}

void Lanes::give_back(std::int64_t lane) {
  free_[static_cast<std::size_t>(kernels::worker())].push_back(
      block_[static_cast<std::size_t>(lane)]);
}

}  // namespace gradus
