#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/experiment/commands.h"
#include "framework/experiment/experiment_model.h"
#include "framework/experiment/files.h"
#include "framework/experiment/json.h"
#include "framework/experiment/onnx_file.h"
#include "framework/graph/onnx.h"
#include "framework/ops/embedding.h"
#include "framework/train/trace.h"

namespace gradus::experiment {
namespace {

namespace fs = std::filesystem;

/// The strings with ids from 1, in their order.
std::vector<std::string> strings_of(const Vocabulary& vocabulary) {
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int32_t id = 1; id <= vocabulary.size(); ++id) out.emplace_back(vocabulary.string(id));
  return out;
}

OnnxGraph onnx_of(const ExperimentModel& model, const PredictionTrace& trace, bool strings) {
  OnnxGraph out;
  for (std::size_t k = 0; k < trace.columns.size(); ++k) {
    const InputColumn& column = trace.columns[k];
    if (strings && !column.number) {
      out.strings(trace.inputs[k], column.name, strings_of(model.vocabularies[column.name]));
    } else {
      out.input(trace.inputs[k], column.name);
    }
  }
  out.output(trace.value, "prediction");
  return out;
}

std::string_view type_name(OnnxValue::Type type) {
  if (type == OnnxValue::Type::int64) return "int64";
  return type == OnnxValue::Type::string ? "string" : "float32";
}

Json json_of(const std::vector<OnnxValue>& values) {
  Json out = Json::list();
  for (const OnnxValue& value : values) {
    out.push_back(Json::object({{"name", value.name}, {"type", type_name(value.type)}}));
  }
  return out;
}

std::string text_of(const std::vector<OnnxValue>& values) {
  std::vector<std::string> out;
  out.reserve(values.size());
  for (const OnnxValue& value : values) {
    out.push_back(fmt::format("{} ({})", value.name, type_name(value.type)));
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

/// A table of vectors, and the strings that they are of.
struct Embeddings {
  std::string name;  // the parameter's
  Tensor vectors;    // [strings + 1, dimension]
  const Vocabulary* vocabulary;
};

/// The tables whose vectors, of two numbers or more, the model looks up by a column.
std::vector<Embeddings> embeddings_of(const ExperimentModel& model, const PredictionTrace& trace) {
  const Graph& graph = trace.value.graph();
  const std::vector<bool> read = read_by(trace.value);
  std::vector<Embeddings> out;
  for (int i = 0; i <= trace.value.index(); ++i) {
    const Value value = graph.value(i);
    if (!read[static_cast<std::size_t>(i)] || !is_embedding(value)) continue;
    const Tensor* table = graph.tensor(value.input(0).index());
    const auto input = std::ranges::find(trace.inputs, value.input(1));
    if (table == nullptr || input == trace.inputs.end() || table->extents()[1] < 2) continue;
    const std::string& name = value.input(0).node().scope;
    if (std::ranges::find(out, name, &Embeddings::name) != out.end()) continue;
    const auto column = static_cast<std::size_t>(input - trace.inputs.begin());
    out.push_back({name, *table, &model.vocabularies[trace.columns[column].name]});
  }
  return out;
}

/// A string as a field between tabs: without a tab or the end of a line in it.
std::string field(std::string_view text) {
  if (text.empty()) return in_quotes(text);
  std::string out(text);
  for (char& c : out) {
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  }
  return out;
}

void write_vectors(const fs::path& file, const Tensor& vectors) {
  const std::int64_t dimension = vectors.extents()[1];
  NewFile out(file);
  std::string text;
  const std::span<const float> numbers = vectors.floats();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool last = (static_cast<std::int64_t>(i) + 1) % dimension == 0;
    text += fmt::format("{}{}", numbers[i], last ? '\n' : '\t');
    constexpr std::size_t kEnough = 1 << 16;
    if (text.size() < kEnough) continue;
    out.write(text);
    text.clear();
  }
  out.write(text);
  out.commit();
}

/// Writes the tables into a folder; their files' names.
std::vector<std::string> write_embeddings(const fs::path& folder,
                                          const std::vector<Embeddings>& tables) {
  make_folder(folder);
  std::vector<std::string> files;
  std::set<std::string> taken;
  std::string config;
  for (const Embeddings& table : tables) {
    std::string stem = table.name;
    std::ranges::replace(stem, '/', '_');
    while (!taken.insert(stem).second) stem += '_';
    const std::string vectors = stem + ".tsv";
    const std::string metadata = stem + ".metadata.tsv";
    write_vectors(folder / vectors, table.vectors);
    std::string labels = "[unknown]\n";
    for (const std::string& text : strings_of(*table.vocabulary)) labels += field(text) + "\n";
    write_file(folder / metadata, labels);
    config += fmt::format(
        "embeddings {{\n  tensor_name: {}\n  tensor_path: {}\n  metadata_path: {}\n}}\n",
        Json(table.name).text(), Json(vectors).text(), Json(metadata).text());
    files.push_back(vectors);
    files.push_back(metadata);
  }
  files.emplace_back("projector_config.pbtxt");
  write_file(folder / files.back(), config);
  return files;
}

}  // namespace

void export_model(const ExportArguments& arguments, const Catalogues& catalogues) {
  use_threads(arguments);
  const ExperimentModel model = load_model(arguments.run, catalogues);
  Graph graph;  // which expects no batch, so that its nodes are as the model has them
  const PredictionTrace trace = trace_prediction(graph, *model.model, *model.task, model.columns);
  Json json = Json::object();
  std::string text;
  if (!arguments.onnx.empty()) {
    const OnnxGraph onnx = onnx_of(model, trace, arguments.strings);
    write_onnx(arguments.onnx, onnx, model.config.name);
    json["onnx"] = Json::object({{"file", arguments.onnx},
                                 {"opset", kOnnxOpset},
                                 {"inputs", json_of(onnx.inputs())},
                                 {"outputs", json_of(onnx.outputs())}});
    text += fmt::format("{}: ONNX, opset {}: {} -> {}\n", arguments.onnx, kOnnxOpset,
                        text_of(onnx.inputs()), text_of(onnx.outputs()));
  }
  if (!arguments.csv.empty()) {
    const std::vector<Embeddings> tables = embeddings_of(model, trace);
    if (tables.empty()) {
      fail(
          "export --csv: the model looks no column up in a table of vectors of two numbers or "
          "more");
    }
    const std::vector<std::string> files = write_embeddings(arguments.csv, tables);
    json["csv"] = Json::object(
        {{"folder", arguments.csv}, {"files", Json::List(files.begin(), files.end())}});
    text += fmt::format("{}: {}; to look at them:\n  tensorboard --logdir {}\n", arguments.csv,
                        fmt::join(files, ", "), arguments.csv);
  }
  print(arguments.json ? json.text(2) + "\n" : text);
}

}  // namespace gradus::experiment
