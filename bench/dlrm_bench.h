#pragma once

#include <filesystem>

namespace gradus::bench {

/// The DLRM of later benchmarks starts from this safetensors file, which has all parameters, and is
/// trained on its batches: "batches.ids", "batches.numbers" and "batches.labels".
void use_case(const std::filesystem::path& file);

}  // namespace gradus::bench
