#include "framework/graph/plan.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "framework/graph/layout.h"

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
constexpr double kFlopsOfByte = 4;  // as long as moving one takes
constexpr std::int64_t kMinimumTiles = 8;
constexpr int kForever = std::numeric_limits<int>::max();

enum class Kind : std::uint8_t { none, outside, tiled, summed, whole, update };

class Planner {
 public:
  Planner(const Graph& graph, const std::vector<int>& outputs, const std::vector<int>& updates,
          const std::vector<int>& given, std::int64_t batch)
      : graph_(graph), size_(static_cast<std::size_t>(graph.size())) {
    plan_.batch = batch;
    Steps found = find_steps(graph, outputs, updates, given);
    plan_.holders = std::move(found.holders);
    kept_ = std::move(found.kept);
    units_.resize(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      units_[i].step = std::move(found.steps[i]);
      if (found.outside[i]) units_[i].kind = Kind::outside;
    }
    order();
    join();
    place();
    choose_tiles();
    place();
    find_levels();
    lay_out_memory();
    prepare();
  }

  Plan take() { return std::move(plan_); }

 private:
  struct Unit {  // a step before it is prepared
    Step step;
    Kind kind = Kind::none;
    int stage = 0;
    int level = 0;  // of a step on the whole batch: those of its stage that it waits for, in a row
  };

  const Node& node(int i) const { return graph_.node(i); }
  /// What has computed the elements of a node.
  const Unit& source(int i) const { return units_[static_cast<std::size_t>(holder(i))]; }
  int holder(int i) const { return plan_.holders[static_cast<std::size_t>(i)]; }
  /// In which node's memory a node's elements are.
  int home(int i) const { return homes_[static_cast<std::size_t>(i)]; }
  bool is_guest(int i) const { return home(i) >= 0 && home(i) != i; }
  template <class List>
  static decltype(auto) at(List& list, int i) {
    return list[static_cast<std::size_t>(i)];
  }

  Rows rows(int i) const { return node(i).op->rows(graph_.value(i)); }

  Kind kind_of(const Step& step) const {
    if (node(step.base).op->updates > 0) return Kind::update;
    if (plan_.batch == 0) return Kind::whole;  // an empty batch has no tiles
    bool any_rows = node(step.node).shape.has_rows();
    for (int input : step.inputs) {
      const Shape& shape = node(input).shape;
      if (shape.has_batch() && !shape.has_rows()) return Kind::whole;
      any_rows |= shape.has_rows();
    }
    if (!any_rows) return Kind::whole;
    const Shape& shape = node(step.node).shape;
    if (rows(step.base) == Rows::each && shape.has_rows()) return Kind::tiled;
    if (rows(step.base) == Rows::sum && !shape.has_batch()) return Kind::summed;
    return Kind::whole;
  }

  /// Gives every step its stage: the tiles of stage s see what earlier stages have finished.
  void order() {
    int last_stage = 0;
    for (int i = 0; i < graph_.size(); ++i) {
      Unit& unit = at(units_, i);
      if (unit.step.node < 0) continue;
      unit.kind = kind_of(unit.step);
      const bool in_tiles = unit.kind == Kind::tiled || unit.kind == Kind::summed;
      unit.stage = in_tiles ? 1 : 0;
      for (int input : unit.step.inputs) {
        const Unit& from = source(input);
        if (from.kind == Kind::none || from.kind == Kind::outside) continue;
        const bool later = in_tiles && from.kind != Kind::tiled;
        unit.stage = std::max(unit.stage, from.stage + (later ? 1 : 0));
      }
      last_stage = std::max(last_stage, unit.stage);
    }
    plan_.stages.resize(static_cast<std::size_t>(last_stage) + 1);
  }

  /// Leaves rows that are cut out where they are, and has rows that will be joined written where
  /// they belong.
  void join() {
    homes_ = plan_.holders;
    columns_.assign(size_, 0);
    plan_.row_steps.assign(size_, 0);
    const std::vector<int> reads = count_reads();
    for (int i = 0; i < graph_.size(); ++i) {
      const Op& op = *node(i).op;
      if (is_guest(i) && !op.is_view) live_in(home(i), i, *op.cuts(graph_.value(i)));
      const Unit& unit = at(units_, i);
      if (unit.kind != Kind::tiled || op.joins == nullptr) continue;
      for (int k = 0; k < graph_.value(i).input_count(); ++k) {
        const int input = node(i).inputs[static_cast<std::size_t>(k)];
        const auto column = op.joins(graph_.value(i), k);
        if (column && at(reads, input) == 1 && can_live_in(unit, input)) live_in(i, input, *column);
      }
    }
  }

  /// How many steps read a node's elements.
  std::vector<int> count_reads() const {
    std::vector<int> reads(size_, 0);
    for (const Unit& unit : units_) {
      for (int input : unit.step.inputs) ++at(reads, holder(input));
    }
    return reads;
  }

  /// Whether a node's rows may be written into those of `host`.
  bool can_live_in(const Unit& host, int i) const {
    const Unit& unit = at(units_, i);
    return unit.kind == Kind::tiled && unit.stage == host.stage && holder(i) == i &&
           !at(kept_, i) && node(unit.step.base).op->writes_apart && node(i).shape.rank() == 2;
  }

  void live_in(int host, int i, std::int64_t column) {
    at(homes_, i) = host;
    at(columns_, i) = column;
    at(plan_.row_steps, i) = node(host).shape.at(1).elements();
  }

  /// Whether a step only joins rows that are there already.
  bool is_done(const Step& step) const {
    if (node(step.base).op->joins == nullptr) return false;
    return std::ranges::all_of(step.inputs, [&](int input) { return home(input) == step.node; });
  }

  void find_levels() {
    for (int i = 0; i < graph_.size(); ++i) {
      Unit& unit = at(units_, i);
      if (unit.kind != Kind::whole) continue;
      for (int input : unit.step.inputs) {
        const Unit& from = source(input);
        const bool waits = from.kind == Kind::whole && from.stage == unit.stage;
        if (waits) unit.level = std::max(unit.level, from.level + 1);
      }
    }
  }

  /// How many levels of steps on the whole batch a stage has.
  int levels(int stage) const {
    int count = 0;
    for (const Unit& unit : units_) {
      if (unit.kind == Kind::whole && unit.stage == stage) count = std::max(count, unit.level + 1);
    }
    return count;
  }

  std::size_t bytes(int i, std::int64_t batch) const {
    return static_cast<std::size_t>(node(i).shape.at(batch).elements()) * sizeof(float);
  }

  /// Of what grows with the batch.
  double bytes_of_row(int i) const {
    return node(i).shape.has_rows() ? static_cast<double>(bytes(i, 1)) : 0;
  }

  void choose_tiles() {
    constexpr std::int64_t kProbe = 64;  // rows; costs are taken to be linear in them
    lay_out_tile(kProbe);
    const double row_bytes = static_cast<double>(plan_.tile_bytes) / kProbe;
    double row_flops = 0;
    for (const Unit& unit : units_) {
      if (unit.kind != Kind::tiled && unit.kind != Kind::summed) continue;
      row_flops += flops(unit.step, kProbe) / kProbe;
      row_flops += kFlopsOfByte * bytes_of_row(unit.step.node);
      for (int input : unit.step.inputs) row_flops += kFlopsOfByte * bytes_of_row(input);
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
    choose_lanes();
  }

  /// A sum too large to be kept once a lane becomes one step on the whole batch.
  void choose_lanes() {
    while (true) {
      std::size_t total = 0;
      Unit* largest = nullptr;
      for (Unit& unit : units_) {
        if (unit.kind != Kind::summed) continue;
        total += bytes(unit.step.node, 0);
        if (largest == nullptr || bytes(unit.step.node, 0) > bytes(largest->step.node, 0)) {
          largest = &unit;
        }
      }
      const auto fit = static_cast<std::int64_t>(kLaneBudget / std::max<std::size_t>(1, total));
      const std::int64_t wanted = std::min(plan_.tiles, kMaximumLanes);
      plan_.lanes = std::max<std::int64_t>(1, std::min(wanted, fit));
      if (plan_.lanes >= std::min(wanted, kMinimumLanes) || largest == nullptr) return;
      largest->kind = Kind::whole;
    }
  }

  void place() {
    plan_.places.assign(size_, Place::nowhere);
    plan_.offsets.assign(size_, 0);
    for (int i = 0; i < graph_.size(); ++i) {
      switch (at(units_, i).kind) {
        case Kind::none:
        case Kind::update:
          break;
        case Kind::outside:
          at(plan_.places, i) = Place::outside;
          break;
        case Kind::tiled:
          at(plan_.places, i) = kept_[static_cast<std::size_t>(i)] ? Place::whole : Place::tile;
          break;
        case Kind::summed:
        case Kind::whole:
          at(plan_.places, i) = Place::whole;
          break;
      }
    }
    for (const Unit& user : units_) {
      for (int input : user.step.inputs) {
        const Unit& from = source(input);
        const bool same_tiles =
            (user.kind == Kind::tiled || user.kind == Kind::summed) && user.stage == from.stage;
        if (from.kind == Kind::tiled && !same_tiles) at(plan_.places, home(input)) = Place::whole;
      }
    }
    for (int i = 0; i < graph_.size(); ++i) {
      if (is_guest(i)) at(plan_.places, i) = at(plan_.places, home(i));
    }
  }

  /// Moments: each stage's tiles are one, each level of its steps on the whole batch is one.
  void lay_out_memory() {
    std::vector<int> moment(size_, 0);
    int now = 0;
    for (int stage = 0; stage < static_cast<int>(plan_.stages.size()); ++stage) {
      ++now;
      for (int i = 0; i < graph_.size(); ++i) {
        const Unit& unit = at(units_, i);
        if (unit.stage != stage) continue;
        if (unit.kind == Kind::tiled || unit.kind == Kind::summed) at(moment, i) = now;
        if (unit.kind == Kind::whole) at(moment, i) = now + 1 + unit.level;
      }
      now += levels(stage);
    }
    std::vector<int> last_moment(moment);
    for (int i = 0; i < graph_.size(); ++i) {
      const Unit& unit = at(units_, i);
      const int when = unit.kind == Kind::update ? kForever : at(moment, i);
      for (int input : unit.step.inputs) {
        at(last_moment, home(input)) = std::max(at(last_moment, home(input)), when);
      }
      if (kept_[static_cast<std::size_t>(i)]) at(last_moment, i) = kForever;
    }

    plan_.lane_offsets.assign(size_, 0);
    lay_out_where(Place::whole, plan_.batch, moment, last_moment, plan_.whole_bytes);
    lay_out_tile(plan_.tile_rows);
    for (int i = 0; i < graph_.size(); ++i) {
      if (at(units_, i).kind != Kind::summed) continue;
      at(plan_.lane_offsets, i) = plan_.lane_bytes;
      plan_.lane_bytes += (bytes(i, 0) + 63) / 64 * 64;
    }
  }

  /// A worker's block for a tile of `rows`: a value is there from its step to its last user's.
  void lay_out_tile(std::int64_t rows) {
    std::vector<int> first(size_);
    std::iota(first.begin(), first.end(), 0);
    std::vector<int> last_user(first);
    for (int i = 0; i < graph_.size(); ++i) {
      if (is_guest(i)) at(first, home(i)) = std::min(at(first, home(i)), i);
      for (int input : at(units_, i).step.inputs) {
        at(last_user, home(input)) = std::max(at(last_user, home(input)), i);
      }
    }
    lay_out_where(Place::tile, rows, first, last_user, plan_.tile_bytes);
  }

  void lay_out_where(Place place, std::int64_t rows, const std::vector<int>& first,
                     const std::vector<int>& last, std::size_t& total) {
    std::vector<Lifetime> lifetimes;
    std::vector<int> nodes;
    for (int i = 0; i < graph_.size(); ++i) {
      if (at(plan_.places, i) != place || is_guest(i)) continue;
      const auto k = static_cast<std::size_t>(i);
      lifetimes.push_back({bytes(i, rows), first[k], last[k]});
      nodes.push_back(i);
    }
    const Layout layout = lay_out(lifetimes);
    for (std::size_t k = 0; k < nodes.size(); ++k) at(plan_.offsets, nodes[k]) = layout.offsets[k];
    for (int i = 0; i < graph_.size(); ++i) {
      if (!is_guest(i)) continue;
      const auto column = static_cast<std::size_t>(at(columns_, i)) * sizeof(float);
      at(plan_.offsets, i) = at(plan_.offsets, home(i)) + column;
    }
    total = layout.bytes;
  }

  double flops(const Step& step, std::int64_t rows) const {
    const Request request = make_request(step, rows);
    const Op& op = *node(step.base).op;
    return op.flops != nullptr ? op.flops(request) : static_cast<double>(request.output.elements());
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
  void sort_by_cost(std::vector<Step>& steps) const {
    const auto cost = [&](const Step& step) {
      auto bytes_moved = static_cast<double>(bytes(step.node, plan_.batch));
      for (int input : step.inputs) bytes_moved += static_cast<double>(bytes(input, plan_.batch));
      return flops(step, plan_.batch) + kFlopsOfByte * bytes_moved;
    };
    std::ranges::stable_sort(steps,
                             [&](const Step& a, const Step& b) { return cost(a) > cost(b); });
  }

  void prepare() {
    for (int stage = 0; stage < static_cast<int>(plan_.stages.size()); ++stage) {
      at(plan_.stages, stage).whole.resize(static_cast<std::size_t>(levels(stage)));
    }
    for (Unit& unit : units_) {
      if (unit.kind == Kind::none || unit.kind == Kind::outside) continue;
      Stage& stage = plan_.stages[static_cast<std::size_t>(unit.stage)];
      const bool in_tiles = unit.kind == Kind::tiled || unit.kind == Kind::summed;
      if (!in_tiles) {
        unit.step.kernels[0] = kernel(unit.step, plan_.batch);
        auto& steps =
            unit.kind == Kind::update ? updates_after(unit.step) : at(stage.whole, unit.level);
        steps.push_back(std::move(unit.step));
        continue;
      }
      if (is_done(unit.step)) continue;
      unit.step.kernels[0] = kernel(unit.step, plan_.tile_rows);
      const std::int64_t tail = plan_.rows(plan_.tiles - 1);
      if (tail != plan_.tile_rows) unit.step.kernels[1] = kernel(unit.step, tail);
      if (unit.kind == Kind::summed) stage.summed.push_back(unit.step.node);
      stage.tiled.push_back(std::move(unit.step));
    }
    for (Stage& stage : plan_.stages) {
      for (std::vector<Step>& steps : stage.whole) sort_by_cost(steps);
    }
    for (std::vector<Step>& steps : plan_.updates) sort_by_cost(steps);
  }

  const Graph& graph_;
  std::size_t size_;
  Plan plan_;
  std::vector<bool> kept_;
  std::vector<Unit> units_;
  std::vector<int> homes_;             // by node: as `home`
  std::vector<std::int64_t> columns_;  // by node: of its home's rows, where its own begin
  std::map<int, std::size_t> turns_;   // by parameter: how many updates have changed it
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
