#include "framework/kernels/copy.h"

#include <algorithm>

#include "framework/kernels/clones.h"
#include "framework/kernels/vectors.h"

namespace gradus::kernels {

GRADUS_CLONES
void copy_rows(const float* from, std::int64_t from_step, std::int64_t rows, std::int64_t size,
               float* to, std::int64_t to_step) {
  constexpr std::int64_t kShort = 128;  // for which a call of the library takes as long as the work
  for (std::int64_t row = 0; row < rows; ++row, from += from_step, to += to_step) {
    if (size > kShort) {
      std::copy_n(from, size, to);
      continue;
    }
    std::int64_t i = 0;
    for (; i + kLanes <= size; i += kLanes) store(to + i, load(from + i));
    for (; i < size; ++i) to[i] = from[i];
  }
}

}  // namespace gradus::kernels
