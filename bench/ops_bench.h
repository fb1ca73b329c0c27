#pragma once

#include <filesystem>

namespace gradus::bench {

/// Registers the forward pass and the gradient of every case that the ops' test files declare. Not
/// before main: the cases are declared by static objects.
void register_ops();

/// Has a case whose gradient is timed leave a safetensors file: "input 0" and the following,
/// "upstream", "output", "gradient 0" and the following (of the inputs that hold numbers), and the
/// attributes as JSON in the metadata. The last case's stays.
void write_tensors(const std::filesystem::path& file);

}  // namespace gradus::bench
