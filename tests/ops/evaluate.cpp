#include "tests/ops/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "framework/graph/differentiate.h"
#include "framework/graph/plain_executor.h"
#include "framework/kernels/parallel.h"

namespace gradus::tests {
namespace {

Tensor copy(const View& view) {
  Tensor out(view.extents, view.type);
  std::memcpy(out.view().data, view.data, out.bytes());
  return out;
}

std::vector<float> floats(const Tensor& tensor) {
  const auto values = tensor.floats();
  return {values.begin(), values.end()};
}

/// Inputs of constant shapes for the tensors.
struct Built {
  explicit Built(const std::vector<Tensor>& tensors) {
    for (const Tensor& tensor : tensors) {
      const std::string name = "input " + std::to_string(inputs.size());
      inputs.push_back(graph.input(name, Shape(tensor.extents()), tensor.type()));
      data.push_back({inputs.back(), tensor});
    }
  }

  Graph graph;
  Values inputs;
  std::vector<Given> data;
};

}  // namespace

std::vector<Tensor> run_plain(const Graph& graph, const Values& targets,
                              std::span<const Given> data, std::int64_t batch) {
  PlainExecutor executor(graph);
  for (const Given& given : data) give(executor, given);
  executor.run(targets, batch);
  std::vector<Tensor> out;
  for (const Value& target : targets) out.push_back(executor.value(target));
  return out;
}

std::vector<Tensor> run_tiled(const Graph& graph, const Values& targets,
                              std::span<const Given> data, std::int64_t batch) {
  Executor executor(graph, targets);
  return run(executor, targets, data, batch);
}

std::vector<Tensor> run(Executor& executor, const Values& targets, std::span<const Given> data,
                        std::int64_t batch) {
  for (const Given& given : data) give(executor, given);
  executor.run(batch);
  std::vector<Tensor> out;
  for (const Value& target : targets) out.push_back(copy(executor.output(target)));
  return out;
}

Tensor tensor(const Extents& extents, std::initializer_list<float> values) {
  return {extents, std::span<const float>(values.begin(), values.size())};
}

std::vector<float> evaluate(const std::function<Value(const Values&)>& build,
                            const std::vector<Tensor>& inputs) {
  Built built(inputs);
  const Value y = build(built.inputs);
  return floats(run_tiled(built.graph, {y}, built.data, 1)[0]);
}

std::vector<float> gradient(const std::function<Value(const Values&)>& build,
                            const std::vector<Tensor>& inputs, std::size_t input) {
  Built built(inputs);
  const Value x = built.inputs[input];
  const Value dx = dense(differentiate(build(built.inputs), {&x, 1})[0], x);
  return floats(run_tiled(built.graph, {dx}, built.data, 1)[0]);
}

std::string difference(const Tensor& actual, const Tensor& expected, const Tolerance& tolerance) {
  if (!(actual.extents() == expected.extents())) {
    return fmt::format("shape {} instead of {}", actual.extents().text(),
                       expected.extents().text());
  }
  const auto a = actual.floats();
  const auto e = expected.floats();
  double largest = 0;
  double worst = -1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < e.size(); ++i) {
    if (std::isnan(e[i]) && std::isnan(a[i])) continue;
    const double apart =
        a[i] == e[i] ? 0.0 : std::abs(static_cast<double>(a[i]) - static_cast<double>(e[i]));
    largest = std::max(largest, static_cast<double>(std::abs(e[i])));
    if (!(apart <= worst)) {  // NaN is the worst
      worst = apart;
      at = i;
    }
    if (std::isnan(apart)) break;
  }
  const double allowed =
      largest < tolerance.floor ? tolerance.absolute : tolerance.relative * largest;
  if (worst <= allowed) return "";
  return fmt::format("element {} of {} is {:.9g} instead of {:.9g}, {:.2g} apart, {:.2g} allowed",
                     at, expected.extents().text(), a[at], e[at], worst, allowed);
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.extents() == b.extents() && std::memcmp(a.view().data, b.view().data, a.bytes()) == 0;
}

std::string refusal(const std::function<void()>& body, const char* file) {
  try {
    body();
  } catch (const Error& error) {
    const std::string_view text = error.what();
    const std::size_t at = text.rfind(" (");
    if (at == text.npos || text.find(fmt::format("{}:", file), at) == text.npos) {
      return fmt::format("{} [without a place]", text);
    }
    return std::string(text.substr(0, at));
  }
  return "nothing was thrown";
}

Threads::Threads(int count) : before_(kernels::threads()) { kernels::set_threads(count); }
Threads::~Threads() { kernels::set_threads(before_); }

}  // namespace gradus::tests
