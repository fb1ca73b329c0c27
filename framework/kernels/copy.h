#pragma once

#include <cstdint>

namespace gradus::kernels {

/// Copies `rows` runs of `size` floats, which begin `from_step` apart and go `to_step` apart.
void copy_rows(const float* from, std::int64_t from_step, std::int64_t rows, std::int64_t size,
               float* to, std::int64_t to_step);

}  // namespace gradus::kernels
