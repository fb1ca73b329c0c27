#include "framework/graph/onnx.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/experiment/onnx_file.h"
#include "framework/experiment/safetensors.h"
#include "framework/ops/add.h"
#include "framework/ops/embedding.h"
#include "framework/ops/reshape.h"
#include "tests/ops/evaluate.h"
#include "tests/ops/op_case.h"

namespace gradus::tests {
namespace {

namespace fs = std::filesystem;

/// The inputs and the output of a case as ONNX.
OnnxGraph exported(const CaseGraph& c) {
  OnnxGraph out;
  for (const Value& input : c.inputs) {
    if (input.graph().tensor(input.index()) == nullptr) out.input(input, input.node().scope);
  }
  out.output(c.output, "output");
  return out;
}

/// Writes a case's model, and beside it what it is given and what must come out.
void write_case(const fs::path& folder, int number, CaseGraph& c) {
  constexpr std::int64_t kBatchRows = 5;
  const auto data = random_data(c, kBatchRows, 1);
  const Tensor output = run_plain(c.graph, {c.output}, data, kBatchRows).at(0);
  const fs::path stem = folder / fmt::format("{:03}", number);
  experiment::NamedTensors tensors{{"output", output}};
  for (const Given& given : data) {
    const Value input = given.input;
    if (input == c.upstream || input.graph().tensor(input.index()) != nullptr) continue;
    tensors.emplace(input.node().scope, given.tensor);
  }
  // After the run, which sets parameters.
  experiment::write_onnx(stem.string() + ".onnx", exported(c), "case");
  experiment::write_safetensors(stem.string() + ".safetensors", tensors);
}

TEST_CASE("onnx: every case of every op is exported, or refused by the name of what ONNX lacks") {
  const char* folder = std::getenv("GRADUS_ONNX_CASES");  // where they are to be written to
  int done = 0;
  int refused = 0;
  for (const OpUnderTest& op : all_ops()) {
    for (const OpCase& op_case : op.cases) {
      CAPTURE(op_case.name);
      CaseGraph c(op, op_case);
      try {
        exported(c);
      } catch (const Error& error) {
        const std::string text = error.what();
        const bool no_batch = text == "onnx: a size follows from the batch, and no input has one";
        const bool no_counterpart = text.find(" has no counterpart there") != std::string::npos;
        CHECK_MESSAGE((text.starts_with("onnx: ") && (no_batch || no_counterpart)), text);
        ++refused;
        continue;
      }
      if (folder != nullptr) write_case(folder, done, c);
      ++done;
    }
  }
  CHECK(done > 3 * refused);
}

TEST_CASE("onnx: an op without a counterpart is named with its module") {
  const Op odd{.name = "odd",
               .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); }};
  Graph graph;
  const Value x = graph.input("x", {kBatch});
  const Scope scope(graph, "tower");
  const Value y = record(odd, {x});
  OnnxGraph out;
  out.input(x, "x");
  CHECK_THROWS_WITH(out.output(y, "y"), "onnx: odd has no counterpart there (tower)");
}

TEST_CASE("onnx: names are those of columns and parameters, each once") {
  Graph graph;
  const Value ids = graph.input("weight", {kBatch}, DataType::int32);
  const Value table = graph.parameter("weight", Tensor(Extents{3, 1}));
  const Value y = embedding(table, ids);
  OnnxGraph out;
  out.input(ids, "weight");
  out.output(y, "weight");
  CHECK(out.inputs().at(0).name == "weight");
  CHECK((out.inputs().at(0).type == OnnxValue::Type::int64));
  CHECK(out.constants().at(0).name == "weight_2");
  CHECK(out.nodes().at(0).type == "Gather");
  CHECK(out.nodes().at(0).inputs == std::vector<std::string>{"weight_2", "weight"});
  CHECK(out.outputs().at(0).name == "weight_3");
  CHECK(out.outputs().at(0).shape == Shape{kBatch});
}

TEST_CASE("onnx: strings are looked up, from 1, and any other is 0") {
  Graph graph;
  const Value ids = graph.input("user", {kBatch}, DataType::int32);
  const Value y = embedding(graph.parameter("table", Tensor(Extents{3, 1})), ids);
  OnnxGraph out;
  out.strings(ids, "user", {"Ada", "Bo"});
  out.output(y, "prediction");
  const OnnxNode& lookup = out.nodes().at(0);
  CHECK(lookup.type == "LabelEncoder");
  CHECK(lookup.domain == "ai.onnx.ml");
  CHECK((std::get<std::vector<std::string>>(lookup.attributes.at(0).second) ==
         std::vector<std::string>{"Ada", "Bo"}));
  CHECK((std::get<std::vector<std::int64_t>>(lookup.attributes.at(1).second) ==
         std::vector<std::int64_t>{1, 2}));
  CHECK(std::get<std::int64_t>(lookup.attributes.at(2).second) == 0);
  CHECK((out.inputs().at(0).type == OnnxValue::Type::string));
}

}  // namespace
}  // namespace gradus::tests
