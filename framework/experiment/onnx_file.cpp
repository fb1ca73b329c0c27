#include "framework/experiment/onnx_file.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <protozero/pbf_builder.hpp>
#include <string_view>
#include <variant>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/files.h"

namespace gradus::experiment {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

// The messages' fields by their official numbers.
using Tag = protozero::pbf_tag_type;
enum class Model : Tag {
  int64_ir_version = 1,
  string_producer_name = 2,
  string_producer_version = 3,
  message_graph = 7,
  message_opset_import = 8,
};
enum class Opset : Tag { string_domain = 1, int64_version = 2 };
enum class GraphProto : Tag {
  message_node = 1,
  string_name = 2,
  message_initializer = 5,
  message_input = 11,
  message_output = 12,
};
enum class NodeProto : Tag {
  string_input = 1,
  string_output = 2,
  string_name = 3,
  string_op_type = 4,
  message_attribute = 5,
  string_domain = 7,
};
enum class AttributeProto : Tag {
  string_name = 1,
  float_f = 2,
  int64_i = 3,
  bytes_s = 4,
  int64s_ints = 8,
  bytes_strings = 9,
  enum_type = 20,
};
enum class TensorProto : Tag {
  int64s_dims = 1,
  int32_data_type = 2,
  string_name = 8,
  bytes_raw = 9
};
enum class ValueInfo : Tag { string_name = 1, message_type = 2 };
enum class TypeProto : Tag { message_tensor_type = 1 };
enum class TensorType : Tag { int32_elem_type = 1, message_shape = 2 };
enum class ShapeProto : Tag { message_dim = 1 };
enum class DimProto : Tag { int64_value = 1, string_param = 2 };

constexpr std::int64_t kIrVersion = 8;  // of opset 17
constexpr int kFloat = 1;               // of the types of elements
constexpr int kInt64 = 7;
constexpr int kString = 8;

int type_number(OnnxValue::Type type) {
  if (type == OnnxValue::Type::int64) return kInt64;
  return type == OnnxValue::Type::string ? kString : kFloat;
}

/// Writes an attribute's value and its type.
struct AttributeWriter {
  protozero::pbf_builder<AttributeProto>& out;

  void operator()(std::int64_t value) const { typed(2).add_int64(AttributeProto::int64_i, value); }
  void operator()(float value) const { typed(1).add_float(AttributeProto::float_f, value); }
  void operator()(const std::string& value) const {
    typed(3).add_bytes(AttributeProto::bytes_s, value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    typed(7).add_packed_int64(AttributeProto::int64s_ints, values.begin(), values.end());
  }
  void operator()(const std::vector<std::string>& values) const {
    typed(8);
    for (const std::string& value : values) out.add_bytes(AttributeProto::bytes_strings, value);
  }

 private:
  protozero::pbf_builder<AttributeProto>& typed(int type) const {
    out.add_enum(AttributeProto::enum_type, type);
    return out;
  }
};

void write_node(protozero::pbf_builder<GraphProto>& graph, const OnnxNode& node) {
  protozero::pbf_builder<NodeProto> out(graph, GraphProto::message_node);
  for (const std::string& input : node.inputs) out.add_string(NodeProto::string_input, input);
  for (const std::string& output : node.outputs) out.add_string(NodeProto::string_output, output);
  out.add_string(NodeProto::string_name, node.name);
  out.add_string(NodeProto::string_op_type, node.type);
  for (const auto& [name, value] : node.attributes) {
    protozero::pbf_builder<AttributeProto> attribute(out, NodeProto::message_attribute);
    attribute.add_string(AttributeProto::string_name, name);
    std::visit(AttributeWriter{attribute}, value);
  }
  if (!node.domain.empty()) out.add_string(NodeProto::string_domain, node.domain);
}

/// Elements as they lie in memory.
struct Elements {
  explicit Elements(const Tensor& tensor)
      : extents(tensor.extents()),
        type(kFloat),
        bytes(static_cast<const char*>(tensor.view().data), tensor.bytes()) {}
  explicit Elements(const std::vector<std::int64_t>& numbers)
      : extents{static_cast<std::int64_t>(numbers.size())},
        type(kInt64),
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
        bytes(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(numbers[0])) {}

  Extents extents;
  int type;
  std::string_view bytes;
};

Elements elements_of(const OnnxConstant& constant) {
  return std::visit([](const auto& elements) { return Elements(elements); }, constant.elements);
}

void write_constant(protozero::pbf_builder<GraphProto>& graph, const OnnxConstant& constant) {
  protozero::pbf_builder<TensorProto> out(graph, GraphProto::message_initializer);
  const Elements elements = elements_of(constant);
  out.add_packed_int64(TensorProto::int64s_dims, elements.extents.begin(), elements.extents.end());
  out.add_int32(TensorProto::int32_data_type, elements.type);
  out.add_string(TensorProto::string_name, constant.name);
  out.add_bytes(TensorProto::bytes_raw, elements.bytes.data(), elements.bytes.size());
}

void write_value(protozero::pbf_builder<GraphProto>& graph, GraphProto field,
                 const OnnxValue& value) {
  protozero::pbf_builder<ValueInfo> out(graph, field);
  out.add_string(ValueInfo::string_name, value.name);
  protozero::pbf_builder<TypeProto> type(out, ValueInfo::message_type);
  protozero::pbf_builder<TensorType> tensor(type, TypeProto::message_tensor_type);
  tensor.add_int32(TensorType::int32_elem_type, type_number(value.type));
  if (value.shape.rank() == 0) {  // which the builder would leave out
    tensor.add_message(TensorType::message_shape, std::string());
    return;
  }
  protozero::pbf_builder<ShapeProto> shape(tensor, TensorType::message_shape);
  for (const Dimension& size : value.shape) {
    protozero::pbf_builder<DimProto> dimension(shape, ShapeProto::message_dim);
    if (size.times_batch) {
      dimension.add_string(DimProto::string_param, size.text());
    } else {
      dimension.add_int64(DimProto::int64_value, size.size);
    }
  }
}

void write_graph(protozero::pbf_builder<Model>& model, const OnnxGraph& graph,
                 const std::string& name) {
  protozero::pbf_builder<GraphProto> out(model, Model::message_graph);
  for (const OnnxNode& node : graph.nodes()) write_node(out, node);
  out.add_string(GraphProto::string_name, name);
  for (const OnnxConstant& constant : graph.constants()) write_constant(out, constant);
  for (const OnnxValue& input : graph.inputs()) write_value(out, GraphProto::message_input, input);
  for (const OnnxValue& output : graph.outputs()) {
    write_value(out, GraphProto::message_output, output);
  }
}

void write_opset(protozero::pbf_builder<Model>& model, const std::string& domain, int version) {
  protozero::pbf_builder<Opset> out(model, Model::message_opset_import);
  out.add_string(Opset::string_domain, domain);
  out.add_int64(Opset::int64_version, version);
}

}  // namespace

void write_onnx(const std::filesystem::path& file, const OnnxGraph& graph,
                const std::string& name) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  std::size_t bytes = 0;
  for (const OnnxConstant& constant : graph.constants())
    bytes += elements_of(constant).bytes.size();
  std::string text;
  const auto check = [&](std::size_t size) {
    if (size <= kMost) return;
    fail("{}: the model takes {} bytes, an ONNX file has at most {}", file.string(), size, kMost);
  };
  check(bytes);
  NewFile out(file);
  {
    protozero::pbf_builder<Model> model(text);
    model.add_int64(Model::int64_ir_version, kIrVersion);
    model.add_string(Model::string_producer_name, "gradus");
    model.add_string(Model::string_producer_version, GRADUS_VERSION);
    write_opset(model, "", kOnnxOpset);
    write_opset(model, "ai.onnx.ml", kOnnxMachineLearningOpset);
    write_graph(model, graph, name);
  }
  check(text.size());
  out.write(text);
  out.commit();
}

}  // namespace gradus::experiment
