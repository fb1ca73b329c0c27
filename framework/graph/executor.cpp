#include "framework/graph/executor.h"

#include <algorithm>

#include "framework/graph/lanes.h"
#include "framework/kernels/denormals.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

constexpr std::size_t kPlansKept = 8;
constexpr double kWorthSharing = 8e6;  // a worker's part of a step, in operations

std::vector<int> indices(const Graph& graph, const std::vector<Value>& values) {
  std::vector<int> out;
  for (const Value& value : values) {
    if (&value.graph() != &graph) {
      fail("executor: node {} is not of this executor's graph", value.index());
    }
    out.push_back(value.index());
  }
  return out;
}

}  // namespace

/// A plan and the memory it runs in.
struct Executor::Planned {
  Plan plan;
  std::shared_ptr<std::byte> whole;
  std::unique_ptr<Lanes> lanes;                   // where there are several
  std::vector<std::shared_ptr<std::byte>> tiles;  // by worker
  std::vector<View> views;                        // by node: the whole batch
  std::vector<std::size_t> row_bytes;             // by node: 0 where it has no rows
  std::vector<std::vector<View>> arguments;       // by worker: of the step that runs
};

Executor::Executor(const Graph& graph, const std::vector<Value>& outputs,
                   const std::vector<Value>& updates, const std::vector<Value>& given)
    : graph_(graph),
      outputs_(indices(graph, outputs)),
      updates_(indices(graph, updates)),
      given_nodes_(indices(graph, given)),
      given_(static_cast<std::size_t>(graph.size())),
      tiles_by_worker_(static_cast<std::size_t>(kernels::threads())) {
  for (int i = 0; i < graph.size(); ++i) {
    if (const Tensor* tensor = graph.tensor(i))
      given_[static_cast<std::size_t>(i)] = tensor->view();
  }
}

Executor::~Executor() = default;

void Executor::set(Value input, const View& view) {
  if (input.node().op != &kInput &&
      std::ranges::find(given_nodes_, input.index()) == given_nodes_.end()) {
    fail("executor: node {} is not an input", input.index());
  }
  const std::string& scope = input.node().scope;
  if (&input.graph() != &graph_) {
    fail("executor: input '{}' is not of this executor's graph", scope);
  }
  if (input.index() >= static_cast<int>(given_.size())) {
    fail("executor: input '{}' was added to the graph after the executor was made", scope);
  }
  if (view.type != input.node().type) {
    fail("executor: input '{}' holds {}, {} was given", scope, name(input.node().type),
         name(view.type));
  }
  given_[static_cast<std::size_t>(input.index())] = view;
}

const std::shared_ptr<Executor::Planned>& Executor::planned(std::int64_t batch) {
  const auto known =
      std::ranges::find_if(plans_, [&](const auto& p) { return p->plan.batch == batch; });
  if (known != plans_.end()) {
    plans_.splice(plans_.begin(), plans_, known);
    return plans_.front();
  }
  const Profile::Span planning(profile_, "plan");
  auto p = std::make_shared<Planned>();
  p->plan = make_plan(graph_, outputs_, updates_, given_nodes_, batch);
  const Plan& plan = p->plan;
  p->whole = allocate(plan.memory.whole_bytes);
  if (plan.lanes > 1) {
    p->lanes = std::make_unique<Lanes>(plan.lanes, plan.memory.lane_bytes, kernels::threads());
  }
  const std::size_t workers = plan.tiles > 1 ? tiles_by_worker_.size() : 1;
  std::size_t most_inputs = 0;
  for (int i = 0; i < graph_.size(); ++i) {
    const Node& node = graph_.node(i);
    const auto at = static_cast<std::size_t>(i);
    View view{nullptr, node.shape.at(batch), node.type};
    if (plan.memory.places[at] == Place::whole)
      view.data = p->whole.get() + plan.memory.offsets[at];
    view.row_step = plan.memory.row_steps[at];
    const std::int64_t row = view.row_step > 0 ? view.row_step : node.shape.at(1).elements();
    p->views.push_back(view);
    p->row_bytes.push_back(node.shape.has_rows() ? static_cast<std::size_t>(row) * 4 : 0);
    most_inputs = std::max(most_inputs, node.inputs.size() + 1);
  }
  for (std::size_t w = 0; w < workers; ++w) p->tiles.push_back(allocate(plan.memory.tile_bytes));
  p->arguments.assign(tiles_by_worker_.size(), std::vector<View>(most_inputs));
  if (plans_.size() == kPlansKept) plans_.pop_back();
  plans_.push_front(std::move(p));
  return plans_.front();
}

void Executor::set_profile(Profile* profile) {
  const int workers = static_cast<int>(tiles_by_worker_.size());
  if (profile != nullptr && (profile->nodes() < graph_.size() || profile->workers() < workers)) {
    fail("executor: a profile of {} nodes and {} workers, there are {} and {}", profile->nodes(),
         profile->workers(), graph_.size(), workers);
  }
  profile_ = profile;
}

const Plan& Executor::plan(std::int64_t batch) { return planned(batch)->plan; }

void Executor::check_input(int node, std::int64_t batch) const {
  const std::optional<View>& view = given_[static_cast<std::size_t>(node)];
  const Extents expected = graph_.node(node).shape.at(batch);
  if (!view) fail("executor: input '{}' was not given", graph_.node(node).scope);
  if (!(view->extents == expected)) {
    fail("executor: input '{}' has shape {}, {} was given", graph_.node(node).scope,
         expected.text(), view->extents.text());
  }
}

void Executor::run(std::int64_t batch) {
  if (batch < 0) fail("executor: a batch of {} rows", batch);
  const kernels::FlushDenormals flush_denormals;
  if (static_cast<std::size_t>(kernels::threads()) > tiles_by_worker_.size()) {
    fail("executor: made for {} workers, there are {} now", tiles_by_worker_.size(),
         kernels::threads());
  }
  ran_ = nullptr;
  if (profile_ != nullptr) profile_->begin_run(batch);
  const std::shared_ptr<Planned> planned_for = planned(batch);
  Planned& p = *planned_for;
  for (int i = 0; i < graph_.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (p.plan.memory.places[at] != Place::outside) continue;
    const int holder = p.plan.holders[at];
    if (holder == i) check_input(i, batch);
    p.views[at].data = given_[static_cast<std::size_t>(holder)]->data;
  }
  for (const Stage& stage : p.plan.stages) {
    if (!stage.tiled.empty()) run_tiles(p, stage);
    for (const std::vector<Step>& steps : stage.whole) run_whole(p, steps);
  }
  ran_ = planned_for;
}

void Executor::commit() {
  if (!ran_) fail("executor: there is no finished run to commit");
  const kernels::FlushDenormals flush_denormals;
  for (const std::vector<Step>& steps : ran_->plan.updates) run_whole(*ran_, steps);
}

void Executor::run_tiles(Planned& p, const Stage& stage) {
  const Plan& plan = p.plan;
  // A lane's tiles run in order on one worker; which worker does not matter.
  const bool sums = !stage.summed.empty();
  const std::int64_t units = sums ? plan.lanes : plan.tiles;
  const bool in_lanes = sums && p.lanes != nullptr;
  if (in_lanes) p.lanes->begin();
  kernels::parallel_for(units, [&](std::int64_t unit) {
    const std::int64_t begin = plan.tiles * unit / units;
    const std::int64_t end = plan.tiles * (unit + 1) / units;
    std::byte* lane = in_lanes ? p.lanes->take(unit) : nullptr;
    for (std::int64_t tile = begin; tile < end; ++tile) {
      run_tile(p, stage, tile, lane, tile == begin);
    }
    tiles_by_worker_[static_cast<std::size_t>(kernels::worker())] += end - begin;
    if (in_lanes) {
      p.lanes->finish(unit, [&](std::byte* left, std::byte* right, bool last) {
        add_lanes(p, stage, left, right, last);
      });
    }
  });
}

void Executor::run_tile(Planned& p, const Stage& stage, std::int64_t tile, std::byte* lane,
                        bool first) {
  const Plan& plan = p.plan;
  const auto worker = static_cast<std::size_t>(kernels::worker());
  const std::int64_t rows = plan.rows(tile);
  const std::size_t variant = rows == plan.tile_rows ? 0 : 1;
  const auto first_row = static_cast<std::size_t>(tile * plan.tile_rows);
  const auto view_of = [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    View view = p.views[at];
    if (plan.memory.places[at] == Place::tile) {
      view.data = p.tiles[worker].get() + plan.memory.offsets[at];
    } else {
      view.data = static_cast<std::byte*>(view.data) + first_row * p.row_bytes[at];
    }
    if (p.row_bytes[at] > 0) view.extents[0] = graph_.node(i).shape[0].at(rows);
    return view;
  };
  std::vector<View>& arguments = p.arguments[worker];
  std::int64_t begin = now();
  for (const Step& step : stage.tiled) {
    for (std::size_t k = 0; k < step.inputs.size(); ++k) arguments[k] = view_of(step.inputs[k]);
    const auto at = static_cast<std::size_t>(step.node);
    const bool sums = !step.part && !graph_.node(step.node).shape.has_rows();
    View output = view_of(step.node);
    if (sums && lane != nullptr) output.data = lane + plan.memory.lane_offsets[at];
    step.kernels[variant]({.node = graph_.value(step.base),
                           .inputs = {arguments.data(), step.inputs.size()},
                           .output = output,
                           .batch = plan.batch,
                           .first_row = tile * plan.tile_rows,
                           .accumulate = sums && !first});
    begin = note({.kind = Profile::Kind::tile,
                  .node = step.node,
                  .tile = tile,
                  .rows = rows,
                  .begin = begin});
  }
}

void Executor::add_lanes(Planned& p, const Stage& stage, std::byte* left, std::byte* right,
                         bool last) {
  for (int i : stage.summed) {
    const std::int64_t begin = now();
    const View& total = p.views[static_cast<std::size_t>(i)];
    const auto in = [&](std::byte* lane) {
      return View{lane + p.plan.memory.lane_offsets[static_cast<std::size_t>(i)], total.extents,
                  total.type};
    };
    kernels::binary(in(left), in(right), last ? total : in(left),
                    [](float a, float b) { return a + b; });
    note({.kind = Profile::Kind::lanes, .node = i, .rows = p.plan.batch, .begin = begin});
  }
}

void Executor::run_step(Planned& p, const Step& step, Profile::Kind kind) {
  const std::int64_t begin = now();
  std::vector<View>& arguments = p.arguments[static_cast<std::size_t>(kernels::worker())];
  for (std::size_t k = 0; k < step.inputs.size(); ++k) {
    arguments[k] = p.views[static_cast<std::size_t>(step.inputs[k])];
  }
  step.kernels[0]({.node = graph_.value(step.base),
                   .inputs = {arguments.data(), step.inputs.size()},
                   .output = p.views[static_cast<std::size_t>(step.node)],
                   .batch = p.plan.batch,
                   .tile_rows = step.part ? p.plan.tile_rows : 0});
  note({.kind = kind, .node = step.node, .rows = p.plan.batch, .begin = begin});
}

void Executor::run_whole(Planned& p, const std::vector<Step>& steps) {
  // In turn, what is long enough for all workers: one's share of a step is often in its cache since
  // the step before. The others, which are shorter, side by side.
  const double long_enough = kWorthSharing * kernels::threads();
  std::span<const Step> rest(steps);
  while (!rest.empty() && (rest.size() == 1 || rest[0].cost() >= long_enough)) {
    run_step(p, rest[0], Profile::Kind::whole);
    rest = rest.subspan(1);
  }
  const auto run = [&](std::int64_t i) {
    run_step(p, rest[static_cast<std::size_t>(i)], Profile::Kind::alone);
  };
  const auto help = [&](std::int64_t i, const auto& share) {
    const std::int64_t begin = now();
    share();
    note({.kind = Profile::Kind::help,
          .node = rest[static_cast<std::size_t>(i)].node,
          .rows = p.plan.batch,
          .begin = begin});
  };
  kernels::side_by_side(static_cast<std::int64_t>(rest.size()), run, help);
}

std::int64_t Executor::now() const { return profile_ != nullptr ? profile_->now() : 0; }

std::int64_t Executor::note(const Profile::Event& event) {
  return profile_ != nullptr ? profile_->note(event) : 0;
}

View Executor::output(Value value) const {
  const auto is_kept = [&] {
    const auto reads = [&](int update) {
      return std::ranges::find(graph_.node(update).inputs, value.index()) !=
             graph_.node(update).inputs.end();
    };
    return std::ranges::find(outputs_, value.index()) != outputs_.end() ||
           std::ranges::any_of(updates_, reads);
  };
  if (&value.graph() != &graph_ || !ran_ || !is_kept()) {
    fail("executor: node {} is not an output of a finished run", value.index());
  }
  return ran_->views[static_cast<std::size_t>(value.index())];
}

}  // namespace gradus
