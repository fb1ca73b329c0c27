#pragma once

#include <cstddef>
#include <vector>

namespace gradus {

/// A buffer that is needed from one moment to another, both included.
struct Lifetime {
  std::size_t bytes = 0;  ///< of the block
  int first = 0;          ///< the step that writes it
  int last = 0;           ///< the last step that reads it
};

/// Where buffers lie in one block of memory, 64-byte aligned.
struct Layout {
  std::vector<std::size_t> offsets;  ///< of each block, in bytes
  std::size_t bytes = 0;             ///< of all together
};

/// Lays buffers out so that those needed at the same time never overlap, the largest first, each at
/// the lowest free place.
Layout lay_out(const std::vector<Lifetime>& lifetimes);

}  // namespace gradus
