#include "framework/graph/constants.h"

namespace gradus {

std::vector<Value> constants(const std::vector<Value>& outputs) {
  if (outputs.empty()) return {};
  const Graph& graph = outputs[0].graph();
  const auto count = static_cast<std::size_t>(graph.size());
  std::vector<bool> varies(count, false);
  for (std::size_t i = 0; i < count; ++i) {
    const Node& node = graph.node(static_cast<int>(i));
    varies[i] = node.op == &kInput || node.shape.has_batch();
    for (int input : node.inputs) {
      if (varies[static_cast<std::size_t>(input)]) varies[i] = true;
    }
  }
  std::vector<bool> read(count, false);
  for (const Value& output : outputs) {
    const std::vector<bool> by_output = read_by(output);
    for (std::size_t i = 0; i < by_output.size(); ++i) read[i] = read[i] || by_output[i];
  }
  std::vector<bool> taken(count, false);
  std::vector<Value> out;
  for (std::size_t i = 0; i < count; ++i) {
    if (!read[i] || !varies[i]) continue;
    for (int input : graph.node(static_cast<int>(i)).inputs) {
      const auto at = static_cast<std::size_t>(input);
      if (varies[at] || taken[at] || graph.node(input).op == &kParameter) continue;
      taken[at] = true;
      out.push_back(outputs[0].graph().value(input));
    }
  }
  return out;
}

}  // namespace gradus
