#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/experiment/safetensors.h"
#include "framework/graph/differentiate.h"
#include "tests/ops/evaluate.h"
#include "tests/support.h"

// Outputs and gradients of every declared op are held to those of another framework.
namespace gradus::tests {
namespace {

using experiment::NamedTensors;
using nlohmann::json;

// float32 throughout; the reference was computed in float64.
constexpr Tolerance kTolerance{.relative = 5e-6, .floor = 1e-6, .absolute = 1e-5};
// Normalisations subtract numbers that are nearly the same.
constexpr Tolerance kNormalisation{.relative = 5e-5, .floor = 1e-6, .absolute = 1e-5};

Tolerance tolerance(const std::string& op) {
  const bool normalises = op == "layer_norm" || op == "batch_norm_training" || op == "l2_normalize";
  return normalises ? kNormalisation : kTolerance;
}

Attribute attribute(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  Shape shape;
  for (const std::int64_t size : value) shape.push_back(size);
  return shape;
}

/// The case's attributes without those that are null; throws for one that the op does not read.
Attributes attributes(const OpUnderTest& op, const json& given) {
  std::vector<std::pair<std::string, Attribute>> list;
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(op.attributes, name) == op.attributes.end()) {
      fail("{} reads no attribute '{}'", op.op, name);
    }
    if (!value.is_null()) list.emplace_back(name, attribute(value));
  }
  return Attributes(list);
}

void check_case(const OpUnderTest& op, const json& expected, const NamedTensors& tensors) {
  Graph graph;
  Values inputs;
  std::vector<Given> data;
  for (const std::string name : expected.at("inputs")) {
    const Tensor& tensor = tensors.at(name);
    inputs.push_back(graph.input(name, Shape(tensor.extents()), tensor.type()));
    data.push_back({inputs.back(), tensor});
  }
  const Value y = op.build(inputs, attributes(op, expected.at("attributes")));
  if (op.layer) {
    for (const Value& parameter : parameters(graph)) {
      const Tensor& given = tensors.at(expected.at("parameters").at(parameter.node().scope));
      REQUIRE(parameter.shape() == Shape(given.extents()));
      inputs.push_back(parameter);
      data.push_back({parameter, given});
    }
  }
  const Tensor& upstream = tensors.at(expected.at("upstream").get<std::string>());
  const Value dy = graph.input("upstream", Shape(upstream.extents()));
  data.push_back({dy, upstream});
  const Gradients gradients = differentiate(y, inputs, dy);

  Values targets{y};
  std::vector<std::string> names{expected.at("output").get<std::string>()};
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const json& all = expected.at("gradients");
    const json& name =
        k < all.size() ? all.at(k) : expected.at("parameter_gradients").at(inputs[k].node().scope);
    if (name.is_null()) continue;
    targets.push_back(dense(gradients[k], inputs[k]));
    names.push_back(name);
  }
  const auto plain = run_plain(graph, targets, data, 1);
  const auto planned = run_tiled(graph, targets, data, 1);
  for (std::size_t k = 0; k < targets.size(); ++k) {
    CAPTURE(names[k]);
    CHECK(difference(plain[k], tensors.at(names[k]), tolerance(op.op)) == "");
    CHECK(difference(planned[k], tensors.at(names[k]), tolerance(op.op)) == "");
  }
}

/// All cases of NAME.json, with their tensors in NAME.safetensors.
void check_cases(const std::filesystem::path& folder, const std::string& name) {
  const json reference = json::parse(read_file(folder / (name + ".json")));
  const NamedTensors tensors = experiment::read_safetensors(folder / (name + ".safetensors"));
  CHECK(reference.at("cases").size() > 0);
  for (const json& expected : reference.at("cases")) {
    const std::string op_name = expected.at("op");
    CAPTURE(expected.dump());
    const auto op = std::find_if(all_ops().begin(), all_ops().end(),
                                 [&](const OpUnderTest& known) { return known.op == op_name; });
    CHECK_MESSAGE(op != all_ops().end(), "no op " << op_name << " is declared");
    if (op == all_ops().end()) continue;
    check_case(*op, expected, tensors);
  }
}

}  // namespace

TEST_CASE("reference: ops and their gradients give the values of PyTorch in float64") {
  check_cases(golden() / "ops", "ops");
}

TEST_CASE("layers and their gradients give the values of Keras and TFRS in float64") {
  check_cases(source_folder() / "tests" / "golden" / "layers", "layers");
}

TEST_CASE("reference: an attribute that the op does not read is seen") {
  const OpUnderTest op{.op = "sum", .attributes = {"axis"}, .build = nullptr, .cases = {}};
  CHECK(attributes(op, json{{"axis", 1}}).get<std::int64_t>("axis") == 1);
  CHECK(attributes(op, json{{"axis", nullptr}}).find("axis") == nullptr);
  CHECK_THROWS_WITH(attributes(op, json{{"axis", 0}, {"keep", true}}),
                    "sum reads no attribute 'keep'");
}

}  // namespace gradus::tests
