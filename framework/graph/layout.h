#pragma once

#include <cstddef>
#include <vector>

namespace gradus {

/// A buffer that is needed from one moment to another, both included.
struct Lifetime {
  std::size_t bytes = 0;
  int first = 0;
  int last = 0;
};

/// Where buffers lie in one block of memory, 64-byte aligned.
struct Layout {
  std::vector<std::size_t> offsets;
  std::size_t bytes = 0;
};

/// Lays buffers out so that those needed at the same time never overlap, the largest first, each at
/// the lowest free place.
Layout lay_out(const std::vector<Lifetime>& lifetimes);

}  // namespace gradus
