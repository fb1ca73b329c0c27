#include "framework/graph/plan.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <utility>

#include "framework/graph/order.h"

namespace gradus {
namespace {

constexpr std::int64_t kMaximumLanes = 16;
constexpr std::int64_t kMinimumLanes = 4;
constexpr std::size_t kLaneBudget = std::size_t{16} << 20;  // all lanes together
// Bytes of a worker's block: room is left in its cache for what streams through. Below so many rows
// products slow down, so these may take more.
constexpr double kTileBudget = 512 << 10;
constexpr std::int64_t kGoodRows = 128;
constexpr double kLargestTile = 2 << 20;
constexpr double kTileFlops = 1e6;  // worth handing to a worker
constexpr std::int64_t kMinimumTiles = 8;

class Planner {
 public:
  Planner(const Graph& graph, const std::vector<int>& outputs, const std::vector<int>& updates,
          const std::vector<int>& given, std::int64_t batch)
      : graph_(graph), order_(find_order(graph, outputs, updates, given, batch)) {
    plan_.batch = batch;
    plan_.holders = order_.holders;
    choose_tiles();
    choose_lanes();
    plan_.memory = lay_out_memory(graph, order_, batch, plan_.tile_rows);
    prepare();
  }

  Plan take() { return std::move(plan_); }

 private:
  const Node& node(int i) const { return graph_.node(i); }

  /// Of what grows with the batch.
  double bytes_of_row(int i) const {
    return node(i).shape.has_rows() ? static_cast<double>(bytes_of(node(i), 1)) : 0;
  }

  void choose_tiles() {
    constexpr std::int64_t kProbe = 64;  // rows; costs are taken to be linear in them
    const Memory memory = lay_out_memory(graph_, order_, plan_.batch, kProbe);
    const double row_bytes = static_cast<double>(memory.tile_bytes) / kProbe;
    double row_flops = 0;
    for (const OrderedStep& ordered : order_.steps) {
      if (!ordered.in_tiles()) continue;
      const Step& step = ordered.step;
      row_flops += flops(step, kProbe) / kProbe;
      row_flops += Step::kFlopsOfByte * bytes_of_row(step.node);
      for (int input : step.inputs) row_flops += Step::kFlopsOfByte * bytes_of_row(input);
    }
    const auto power = [](double rows) {
      return static_cast<std::int64_t>(
          std::bit_floor(static_cast<std::uint64_t>(std::clamp(rows, 1.0, 1048576.0))));
    };
    const auto fitting = [&](double budget) { return power(budget / std::max(1.0, row_bytes)); };
    std::int64_t height =
        std::max(fitting(kTileBudget), std::min(kGoodRows, fitting(kLargestTile)));
    height = std::min(height, power(static_cast<double>(plan_.batch) / kMinimumTiles));
    height = std::max(height, 2 * power(kTileFlops / std::max(1.0, row_flops)));
    plan_.tile_rows = std::clamp<std::int64_t>(height, 1, std::max<std::int64_t>(1, plan_.batch));
    plan_.tiles = (plan_.batch + plan_.tile_rows - 1) / plan_.tile_rows;
  }

  /// A sum too large to be kept once a lane becomes one step on the whole batch.
  void choose_lanes() {
    while (true) {
      std::size_t total = 0;
      std::size_t most = 0;
      OrderedStep* largest = nullptr;
      for (OrderedStep& ordered : order_.steps) {
        if (ordered.kind != StepKind::summed) continue;
        const std::size_t bytes = bytes_of(node(ordered.step.node), 0);
        total += bytes;
        if (largest == nullptr || bytes > most) {
          largest = &ordered;
          most = bytes;
        }
      }
      const auto fit = static_cast<std::int64_t>(kLaneBudget / std::max<std::size_t>(1, total));
      const std::int64_t wanted = std::min(plan_.tiles, kMaximumLanes);
      plan_.lanes = std::max<std::int64_t>(1, std::min(wanted, fit));
      if (plan_.lanes >= std::min(wanted, kMinimumLanes) || largest == nullptr) return;
      order_.run_on_all_rows(*largest);
    }
  }

  double flops(const Step& step, std::int64_t rows) const {
    const Request request = make_request(step, rows);
    const Op& op = *node(step.base).op;
    return op.flops != nullptr ? op.flops(request) : static_cast<double>(request.output.elements());
  }

  double bytes(const Step& step, std::int64_t rows) const {
    const Request request = make_request(step, rows);
    const Op& op = *node(step.base).op;
    if (op.bytes != nullptr) return op.bytes(request);
    std::int64_t elements = request.output.elements();
    for (const Extents& input : request.inputs) elements += input.elements();
    return sizeof(float) * static_cast<double>(elements);
  }

  Request make_request(const Step& step, std::int64_t rows) const {
    extents_.clear();
    for (int input : step.inputs) extents_.push_back(node(input).shape.at(rows));
    return {.node = graph_.value(step.base),
            .inputs = extents_,
            .output = node(step.node).shape.at(rows),
            .bias = step.bias,
            .activation = step.activation,
            .gate = step.gate};
  }

  Kernel kernel(const Step& step, std::int64_t rows) const {
    const Op& op = *node(step.base).op;
    return op.prepare != nullptr ? op.prepare(make_request(step, rows)) : Kernel(op.run);
  }

  /// The updates that run after all those before `step` that change what it changes.
  std::vector<Step>& updates_after(const Step& step) {
    const auto changed = static_cast<std::size_t>(node(step.base).op->updates);
    std::size_t turn = 0;
    for (std::size_t k = 0; k < changed; ++k) turn = std::max(turn, turns_[step.inputs[k]]);
    for (std::size_t k = 0; k < changed; ++k) turns_[step.inputs[k]] = turn + 1;
    if (turn == plan_.updates.size()) plan_.updates.emplace_back();
    return plan_.updates[turn];
  }

  /// The longest first: workers take the next of a list as they get done.
  static void sort_by_cost(std::vector<Step>& steps) {
    std::ranges::stable_sort(steps, std::ranges::greater(), &Step::cost);
  }

  /// Whether a step only joins rows that are there already.
  bool is_done(const Step& step) const {
    if (node(step.base).op->joins == nullptr) return false;
    return std::ranges::all_of(step.inputs, [&](int input) {
      return plan_.memory.homes[static_cast<std::size_t>(input)] == step.node;
    });
  }

  void prepare_in_tiles(Step step, Stage& stage, bool sums) {
    if (is_done(step)) return;
    step.kernels[0] = kernel(step, plan_.tile_rows);
    const std::int64_t tail = plan_.rows(plan_.tiles - 1);
    if (tail != plan_.tile_rows) step.kernels[1] = kernel(step, tail);
    if (sums) stage.summed.push_back(step.node);
    stage.tiled.push_back(std::move(step));
  }

  /// Has tiles do their part of a step, which is taken to be all that costs.
  void add_part(Step& step, Stage& stage) const {
    step.part = true;
    stage.tiled.push_back(step);
    stage.tiled.back().kernels.fill(node(step.base).op->run_tile);
    step.flops = 0;
    step.bytes = 0;
  }

  void prepare() {
    plan_.stages.resize(static_cast<std::size_t>(order_.stages));
    for (int stage = 0; stage < order_.stages; ++stage) {
      const auto levels = static_cast<std::size_t>(order_.levels(stage));
      plan_.stages[static_cast<std::size_t>(stage)].whole.resize(levels);
    }
    for (OrderedStep& ordered : order_.steps) {
      if (ordered.kind == StepKind::none || ordered.kind == StepKind::outside) continue;
      Stage& stage = plan_.stages[static_cast<std::size_t>(ordered.stage)];
      Step& step = ordered.step;
      step.flops = flops(step, plan_.batch);
      step.bytes = bytes(step, plan_.batch);
      if (ordered.in_tiles()) {
        prepare_in_tiles(std::move(step), stage, ordered.kind == StepKind::summed);
        continue;
      }
      if (ordered.part) add_part(step, stage);
      step.kernels[0] = kernel(step, plan_.batch);
      std::vector<Step>& steps = ordered.kind == StepKind::update
                                     ? updates_after(step)
                                     : stage.whole[static_cast<std::size_t>(ordered.level)];
      steps.push_back(std::move(step));
    }
    for (Stage& stage : plan_.stages) {
      for (std::vector<Step>& steps : stage.whole) sort_by_cost(steps);
    }
    for (std::vector<Step>& steps : plan_.updates) sort_by_cost(steps);
  }

  const Graph& graph_;
  Order order_;
  Plan plan_;
  std::map<int, std::size_t> turns_;  // by parameter: how many updates have changed it
  mutable std::vector<Extents> extents_;
};

}  // namespace

std::int64_t Plan::rows(std::int64_t index) const {
  return std::min(tile_rows, batch - index * tile_rows);
}

Plan make_plan(const Graph& graph, const std::vector<int>& outputs, const std::vector<int>& updates,
               const std::vector<int>& given, std::int64_t batch) {
  return Planner(graph, outputs, updates, given, batch).take();
}

}  // namespace gradus
