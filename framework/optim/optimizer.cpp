#include "framework/optim/optimizer.h"

#include <algorithm>
#include <memory>
#include <span>
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
int first_gradient(Value update) { return update.node().op->updates + 2; }

struct Inputs {
  explicit Inputs(const Request& request)
      : states(request.node.node().op->updates - 1), gradient(first_gradient(request.node)) {
    const Extents& parameter = request.inputs[0];
    elements = parameter.elements();
    if (parameter.rank() > 1 && parameter[0] > 0)
      row = std::max<std::int64_t>(1, elements / parameter[0]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(states); ++k) {
      per_state[k] = request.inputs[k + 1].elements() == elements ? 1 : row;
    }
  }
  int states;
  int gradient;
  std::int64_t elements;
  std::int64_t row = 1;
  std::array<std::int64_t, 3> per_state = {};  // elements to a number of the state
};

Elements elements(const Call& c, const Inputs& in, std::int64_t first, std::int64_t count,
                  const float* gradient) {
  const auto at = [&](int i) { return c.inputs[static_cast<std::size_t>(i)].floats(); };
  Elements e{at(0) + first, {}, gradient, count, in.row, *at(in.states + 1), *at(in.states + 2)};
  for (int k = 0; k < in.states; ++k) {
    const auto state = static_cast<std::size_t>(k);
    e.state[state] = at(k + 1) + (in.per_state[state] == 1 ? first : first / in.row);
  }
  return e;
}

/// Begins to fetch what a row's update will write.
void fetch(const Elements& e) {
  __builtin_prefetch(e.parameter, 1);
  for (const float* state : e.state) {
    if (state != nullptr) __builtin_prefetch(state, 1);
  }
}

/// A dense parameter in blocks of whole rows.
class Blocks {
 public:
  explicit Blocks(const Inputs& in)
      : in_(in), block_(in.row * std::max<std::int64_t>(1, kBlock / in.row)) {}

  std::int64_t most() const { return (in_.elements + block_ - 1) / block_; }
  std::int64_t begin(const Call& /*call*/) const { return most(); }
  /// Calls body(part, elements) for the elements of each part.
  template <class Body>
  void each(const Call& c, const Body& body) const {
    const float* gradient = c.inputs[static_cast<std::size_t>(in_.gradient)].floats();
    kernels::parallel_blocks(in_.elements, block_, [&](std::int64_t begin, std::int64_t end) {
      body(begin / block_, elements(c, in_, begin, end - begin, gradient + begin));
    });
  }

 private:
  Inputs in_;
  std::int64_t block_;
};

/// The rows of a table that lookups named, each once, some of them to a part.
class LookedUp {
 public:
  LookedUp(const Request& request, const Inputs& in) : in_(in) {
    std::size_t lookups = 0;
    for (auto k = static_cast<std::size_t>(in.gradient); k < request.inputs.size(); k += 2) {
      capacity_ += request.inputs[k].elements();
      ++lookups;
    }
    const auto row = static_cast<std::size_t>(in.row);
    work_ = std::make_shared<Workspace>(
        Workspace{kernels::RowSegments(capacity_, request.inputs[0][0]), std::vector<View>(lookups),
                  std::vector<View>(lookups),
                  std::vector<std::vector<float>>(static_cast<std::size_t>(kernels::threads()),
                                                  std::vector<float>(row))});
  }

  std::int64_t most() const { return (capacity_ + kSegments - 1) / kSegments; }
  /// Sorts the lookups; the number of parts. Throws Error for an id beyond the table.
  std::int64_t begin(const Call& c) const {
    for (std::size_t k = 0; k < work_->ids.size(); ++k) {
      work_->ids[k] = c.inputs[static_cast<std::size_t>(in_.gradient) + 2 * k];
      work_->rows[k] = c.inputs[static_cast<std::size_t>(in_.gradient) + 2 * k + 1];
    }
    work_->segments.sort(work_->ids);
    return (work_->segments.count() + kSegments - 1) / kSegments;
  }
  template <class Body>
  void each(const Call& c, const Body& body) const {
    Workspace& work = *work_;
    kernels::parallel_blocks(
        work.segments.count(), kSegments, [&](std::int64_t begin, std::int64_t end) {
          float* sum = work.sums[static_cast<std::size_t>(kernels::worker())].data();
          const auto row = [&](std::int64_t segment) {
            return elements(c, in_, work.segments.id(segment) * in_.row, in_.row, sum);
          };
          for (std::int64_t segment = begin; segment < end; ++segment) {
            if (segment + kAhead < end) fetch(row(segment + kAhead));
            kernels::sum_segment(work.segments, segment, work.rows, in_.row, sum);
            body(begin / kSegments, row(segment));
          }
        });
  }

 private:
  struct Workspace {
    kernels::RowSegments segments;
    std::vector<View> ids;
    std::vector<View> rows;
    std::vector<std::vector<float>> sums;  // by worker
  };

  Inputs in_;
  std::int64_t capacity_ = 0;
  std::shared_ptr<Workspace> work_;
};

template <class Parts>
Kernel kernel(const Parts& parts, UpdateRule rule) {
  return [parts, rule = std::move(rule)](const Call& c) {
    parts.begin(c);
    parts.each(c, [&rule](std::int64_t /*part*/, const Elements& e) { rule(e); });
  };
}

template <class Parts>
Kernel kernel(const Parts& parts, MeasuringRule rule) {
  auto by_part =
      std::make_shared<std::vector<Measured>>(static_cast<std::size_t>(parts.most()), rule.none);
  return [parts, by_part, rule = std::move(rule)](const Call& c) {
    const std::span<Measured> measured(by_part->data(), static_cast<std::size_t>(parts.begin(c)));
    std::ranges::fill(measured, rule.none);
    parts.each(c, [&](std::int64_t part, const Elements& e) {
      Measured& sum = measured[static_cast<std::size_t>(part)];
      sum = rule.combine(sum, rule.measure(e));
    });
    Measured all = rule.none;
    for (const Measured& part : measured) all = rule.combine(all, part);
    parts.each(c, [&](std::int64_t /*part*/, Elements e) {
      e.measured = all;
      rule.update(e);
    });
  };
}

/// The kernel for what the gradient of the request is.
template <class Rule>
Kernel kernel_for(const Request& request, Rule rule) {
  const Inputs in(request);
  const Value first = request.node.input(in.gradient);
  if (first.node().type == DataType::int32) return kernel(LookedUp(request, in), std::move(rule));
  return kernel(Blocks(in), std::move(rule));
}

/// What comes first: the decay of the weights, where there is any; then `next`.
template <class Next>
Next after_decay(const Request& request, Next next) {
  const Attribute* decay = request.node.node().attributes.find("weight_decay");
  if (decay == nullptr) return next;
  const auto share = static_cast<float>(std::get<double>(*decay));
  return [share, next = std::move(next)](const Elements& e) {
    const float gone = e.learning_rate * share;
    for (std::int64_t i = 0; i < e.count; ++i) e.parameter[i] -= gone * e.parameter[i];
    return next(e);
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
  op.reads_apart = true;
  op.takes_ids = true;
  op.updates = 1 + states;
  op.flops = [](const Request& request) {
    return static_cast<double>(request.inputs.back().elements());
  };
  op.bytes = update_bytes;
  return op;
}

Kernel update_kernel(const Request& request, UpdateRule rule) {
  return kernel_for(request, after_decay(request, std::move(rule)));
}

Kernel update_kernel(const Request& request, MeasuringRule rule) {
  rule.measure = after_decay(request, std::move(rule.measure));
  return kernel_for(request, std::move(rule));
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
        const Extents& extents = graph.tensor(parameter.index())->extents();
        const bool rows = state.each_row && extents.rank() > 0;
        found->second = Tensor(rows ? Extents{extents[0]} : extents);
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

Gradient gradient_of(Value update) {
  const int first = first_gradient(update);
  if (update.input(first).node().type == DataType::float32) return update.input(first);
  Gradient out;
  for (int k = first; k < update.input_count(); k += 2) {
    out.rows.push_back({update.input(k), update.input(k + 1)});
  }
  return out;
}

}  // namespace gradus
