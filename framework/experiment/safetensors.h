#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "framework/core/tensor.h"

namespace gradus::experiment {

/// Tensors by name.
using NamedTensors = std::map<std::string, Tensor, std::less<>>;
/// Their shapes alone.
using NamedExtents = std::map<std::string, Extents, std::less<>>;

/// Texts that a file of tensors has beside them.
using Metadata = std::map<std::string, std::string, std::less<>>;

/// The tensors of a safetensors file: F32, BF16, F16 and F64 as float32, I32 and I64 as int32. F64
/// are rounded; what does not fit is refused. F32 and I32 are read straight into their own memory;
/// `__metadata__` is passed over (see `read_metadata`). Throws Error naming the file for one that
/// is truncated, has bytes that belong to no tensor or to two, or whose header is not what the
/// format says (https://github.com/huggingface/safetensors).
NamedTensors read_safetensors(const std::filesystem::path& file);

/// The texts of a safetensors file's `__metadata__`, by name; none where it has none. Throws Error
/// as `read_safetensors` does, but reads no tensor.
Metadata read_metadata(const std::filesystem::path& file);

/// Writes tensors in order of their names, header padded to 8 bytes, whole or not at all (NewFile).
/// The bytes depend on nothing but metadata, names, shapes and values.
void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors,
                       const Metadata& metadata = {});

/// Throws Error listing every tensor that is missing, extra, or has another shape than `expected`
/// or other elements than float32; `name` is what the tensors were read from.
void check_tensors(const NamedTensors& tensors, const NamedExtents& expected,
                   std::string_view name);

}  // namespace gradus::experiment
