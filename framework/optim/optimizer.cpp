#include "framework/optim/optimizer.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "framework/kernels/parallel.h"
#include "framework/kernels/rows.h"

namespace gradus {
namespace {

constexpr std::int64_t kBlock = 8192;
constexpr std::int64_t kSegments = 64;
constexpr std::int64_t kAhead = 8;  // rows that are on their way from memory

// An update's inputs: the parameter, its states, the learning rate, the step, then either the dense
// gradient or pairs of ids and rows.
struct Inputs {
  explicit Inputs(const Request& request)
      : states(request.node.node().op->updates - 1), gradient(states + 3) {}
  int states;
  int gradient;
};

Elements elements(const Call& c, const Inputs& in, std::int64_t first, std::int64_t count,
                  const float* gradient) {
  const auto at = [&](int i) { return c.inputs[static_cast<std::size_t>(i)].floats(); };
  Elements e{at(0) + first, {}, gradient, count, *at(in.states + 1), *at(in.states + 2)};
  for (int k = 0; k < in.states; ++k) e.state[static_cast<std::size_t>(k)] = at(k + 1) + first;
  return e;
}

/// Begins to fetch what a row's update will write.
void fetch(const Elements& e) {
  __builtin_prefetch(e.parameter, 1);
  for (const float* state : e.state) {
    if (state != nullptr) __builtin_prefetch(state, 1);
  }
}

Kernel dense_kernel(const Inputs& in, UpdateRule rule) {
  return [=, rule = std::move(rule)](const Call& c) {
    const float* gradient = c.inputs[static_cast<std::size_t>(in.gradient)].floats();
    kernels::parallel_blocks(c.inputs[0].elements(), kBlock,
                             [&](std::int64_t begin, std::int64_t end) {
                               rule(elements(c, in, begin, end - begin, gradient + begin));
                             });
  };
}

/// The rule after the decay of the weights, where there is any.
UpdateRule with_decay(const Request& request, UpdateRule rule) {
  const Attribute* decay = request.node.node().attributes.find("weight_decay");
  if (decay == nullptr) return rule;
  const auto share = static_cast<float>(std::get<double>(*decay));
  return [share, rule = std::move(rule)](const Elements& e) {
    const float gone = e.learning_rate * share;
    for (std::int64_t i = 0; i < e.count; ++i) e.parameter[i] -= gone * e.parameter[i];
    rule(e);
  };
}

/// What the rows of one table need between steps.
struct RowWorkspace {
  kernels::RowSegments segments;
  std::vector<View> ids;
  std::vector<View> rows;
  std::vector<std::vector<float>> sums;  // by worker
};

Kernel row_kernel(const Request& request, const Inputs& in, UpdateRule rule) {
  const Extents& table = request.inputs[0];
  std::int64_t capacity = 0;
  std::size_t lookups = 0;
  for (auto k = static_cast<std::size_t>(in.gradient); k < request.inputs.size(); k += 2) {
    capacity += request.inputs[k].elements();
    ++lookups;
  }
  const std::int64_t dimension = table[1];
  auto work = std::make_shared<RowWorkspace>(RowWorkspace{
      kernels::RowSegments(capacity, table[0]), std::vector<View>(lookups),
      std::vector<View>(lookups),
      std::vector<std::vector<float>>(static_cast<std::size_t>(kernels::threads()),
                                      std::vector<float>(static_cast<std::size_t>(dimension)))});
  return [=, rule = std::move(rule)](const Call& c) {
    for (std::size_t k = 0; k < work->ids.size(); ++k) {
      work->ids[k] = c.inputs[static_cast<std::size_t>(in.gradient) + 2 * k];
      work->rows[k] = c.inputs[static_cast<std::size_t>(in.gradient) + 2 * k + 1];
    }
    work->segments.sort(work->ids);
    kernels::parallel_blocks(
        work->segments.count(), kSegments, [&](std::int64_t begin, std::int64_t end) {
          float* sum = work->sums[static_cast<std::size_t>(kernels::worker())].data();
          const auto row = [&](std::int64_t segment) {
            return elements(c, in, work->segments.id(segment) * dimension, dimension, sum);
          };
          for (std::int64_t segment = begin; segment < end; ++segment) {
            if (segment + kAhead < end) fetch(row(segment + kAhead));
            kernels::sum_segment(work->segments, segment, work->rows, dimension, sum);
            rule(row(segment));
          }
        });
  };
}

/// The gradient, read, and what follows it, read and written: of a table at most as many rows as
/// were looked up.
double update_bytes(const Request& request) {
  const Inputs in(request);
  double ids = 0;
  double numbers = 0;
  for (auto k = static_cast<std::size_t>(in.gradient); k < request.inputs.size(); ++k) {
    const auto elements = static_cast<double>(request.inputs[k].elements());
    numbers += elements;
    if (request.node.input(static_cast<int>(k)).node().type == DataType::int32) ids += elements;
  }
  auto moved = static_cast<double>(request.inputs[0].elements());
  const bool rows = request.node.input(in.gradient).node().type == DataType::int32;
  if (rows) moved = std::min(moved, ids * static_cast<double>(request.inputs[0][1]));
  return sizeof(float) * (numbers + 2 * (1 + in.states) * moved);
}

}  // namespace

Op update_op(std::string_view name, int states, Kernel (*prepare)(const Request&)) {
  Op op;
  op.name = name;
  op.shape = [](std::span<const Value>, const Attributes&) { return Shape{0}; };
  op.rows = [](Value) { return Rows::whole; };
  op.prepare = prepare;
  op.takes_ids = true;
  op.updates = 1 + states;
  op.flops = [](const Request& request) {
    return static_cast<double>(request.inputs.back().elements());
  };
  op.bytes = update_bytes;
  return op;
}

Kernel update_kernel(const Request& request, UpdateRule rule) {
  const Inputs in(request);
  rule = with_decay(request, std::move(rule));
  const Value first = request.node.input(in.gradient);
  if (first.node().type == DataType::int32) return row_kernel(request, in, std::move(rule));
  return dense_kernel(in, std::move(rule));
}

std::vector<Value> update_nodes(const Optimizer& optimizer, Value learning_rate, Value step,
                                const std::vector<Value>& parameters, const Gradients& gradients,
                                OptimizerStates& states) {
  Graph& graph = learning_rate.graph();
  std::vector<Value> updates;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (!gradients[p]) continue;
    const Value parameter = parameters[p];
    const std::string path = parameter.node().scope;
    std::vector<Value> inputs{parameter};
    for (const OptimizerState& state : optimizer.state()) {
      const std::string name = path + "/" + state.name;
      auto [found, added] = states.try_emplace(name);
      if (added) {
        found->second = Tensor(graph.tensor(parameter.index())->extents());
        found->second.fill(state.initial);
      }
      inputs.push_back(graph.parameter(name, found->second));
    }
    inputs.push_back(learning_rate);
    inputs.push_back(step);
    if (gradients[p].dense || optimizer.moves_every_row()) {
      inputs.push_back(dense(gradients[p], parameter));
    } else {
      for (const RowGradient& rows : gradients[p].rows) {
        inputs.push_back(rows.ids);
        inputs.push_back(rows.rows);
      }
    }
    std::vector<std::pair<std::string, Attribute>> attributes = optimizer.attributes().all();
    if (optimizer.weight_decay() > 0) {
      attributes.emplace_back("weight_decay", optimizer.weight_decay());
    }
    const Scope scope(graph, path);
    updates.push_back(graph.add(optimizer.op(), inputs, Attributes(std::move(attributes)), {}));
  }
  return updates;
}

}  // namespace gradus
