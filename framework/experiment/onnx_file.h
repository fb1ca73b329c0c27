#pragma once

#include <filesystem>
#include <string>

#include "framework/graph/onnx.h"

namespace gradus::experiment {

/// Writes a graph as an ONNX model (onnx/onnx.proto of https://github.com/onnx/onnx), whole or not
/// at all. `name` is the graph's. Throws Error where it would be larger than the 2 GiB that the
/// format's readers take.
void write_onnx(const std::filesystem::path& file, const OnnxGraph& graph, const std::string& name);

}  // namespace gradus::experiment
