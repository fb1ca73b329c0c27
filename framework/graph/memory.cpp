#include "framework/graph/memory.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "framework/graph/layout.h"

namespace gradus {
namespace {

constexpr int kForever = std::numeric_limits<int>::max();

class MemoryPlanner {
 public:
  MemoryPlanner(const Graph& graph, const Order& order, std::int64_t batch, std::int64_t tile_rows)
      : graph_(graph), order_(order), size_(order.steps.size()) {
    find_homes();
    find_places();
    memory_.offsets.assign(size_, 0);
    lay_out_batch(batch);
    lay_out_tile(tile_rows);
    lay_out_lane();
    place_guests();
  }

  Memory take() { return std::move(memory_); }

 private:
  template <class List>
  static decltype(auto) at(List& list, int i) {
    return list[static_cast<std::size_t>(i)];
  }
  const Node& node(int i) const { return graph_.node(i); }
  const OrderedStep& ordered(int i) const { return at(order_.steps, i); }
  int holder(int i) const { return at(order_.holders, i); }
  int home(int i) const { return at(memory_.homes, i); }
  bool is_guest(int i) const { return home(i) >= 0 && home(i) != i; }

  /// Leaves rows that are cut out where they are, and has rows that will be joined written where
  /// they belong.
  void find_homes() {
    memory_.homes = order_.holders;
    memory_.row_steps.assign(size_, 0);
    columns_.assign(size_, 0);
    const std::vector<int> reads = count_reads();
    for (int i = 0; i < graph_.size(); ++i) {
      const Op& op = *node(i).op;
      if (is_guest(i) && !op.is_view) live_in(home(i), i, *op.cuts(graph_.value(i)));
      const OrderedStep& host = ordered(i);
      if (host.kind != StepKind::tiled || op.joins == nullptr) continue;
      for (int k = 0; k < graph_.value(i).input_count(); ++k) {
        const int input = node(i).inputs[static_cast<std::size_t>(k)];
        const auto column = op.joins(graph_.value(i), k);
        if (column && at(reads, input) == 1 && can_live_in(host, input)) live_in(i, input, *column);
      }
    }
  }

  /// How many steps read a node's elements.
  std::vector<int> count_reads() const {
    std::vector<int> reads(size_, 0);
    for (const OrderedStep& reader : order_.steps) {
      for (int input : reader.step.inputs) ++at(reads, holder(input));
    }
    return reads;
  }

  /// Whether a node's rows may be written into those of `host`.
  bool can_live_in(const OrderedStep& host, int i) const {
    const OrderedStep& guest = ordered(i);
    return guest.kind == StepKind::tiled && guest.stage == host.stage && holder(i) == i &&
           !guest.kept && node(guest.step.base).op->writes_apart && node(i).shape.rank() == 2;
  }

  void live_in(int host, int i, std::int64_t column) {
    at(memory_.homes, i) = host;
    at(memory_.row_steps, i) = node(host).shape.at(1).elements();
    at(columns_, i) = column;
  }

  void find_places() {
    memory_.places.assign(size_, Place::nowhere);
    for (int i = 0; i < graph_.size(); ++i) {
      const OrderedStep& step = ordered(i);
      switch (step.kind) {
        case StepKind::none:
        case StepKind::update:
          break;
        case StepKind::outside:
          at(memory_.places, i) = Place::outside;
          break;
        case StepKind::tiled:
          at(memory_.places, i) = step.kept ? Place::whole : Place::tile;
          break;
        case StepKind::summed:
        case StepKind::whole:
          at(memory_.places, i) = Place::whole;
          break;
      }
    }
    for (const OrderedStep& reader : order_.steps) {
      for (int input : reader.step.inputs) {
        const OrderedStep& from = order_.source(input);
        const bool same_tiles = reader.in_tiles() && reader.stage == from.stage;
        if (from.kind == StepKind::tiled && !same_tiles) {
          at(memory_.places, home(input)) = Place::whole;
        }
      }
    }
  }

  /// Moments: each stage's tiles are one, each level of its steps on all rows is one.
  void lay_out_batch(std::int64_t batch) {
    std::vector<int> first(size_, 0);
    std::vector<int> done(size_, 0);
    int now = 0;
    for (int stage = 0; stage < order_.stages; ++stage) {
      ++now;
      for (int i = 0; i < graph_.size(); ++i) {
        const OrderedStep& step = ordered(i);
        if (step.stage != stage) continue;
        if (step.in_tiles()) at(done, i) = now;
        if (step.kind == StepKind::whole) at(done, i) = now + 1 + step.level;
        at(first, i) = step.part ? now : at(done, i);
      }
      now += order_.levels(stage);
    }
    std::vector<int> last(done);
    for (int i = 0; i < graph_.size(); ++i) {
      const OrderedStep& step = ordered(i);
      const int when = step.kind == StepKind::update ? kForever : at(done, i);
      for (int input : step.step.inputs) {
        at(last, home(input)) = std::max(at(last, home(input)), when);
      }
      if (step.kept) at(last, i) = kForever;
    }
    lay_out_where(Place::whole, batch, first, last, memory_.whole_bytes);
  }

  /// A worker's block for a tile of `rows`: a value is there from its step to its last reader's.
  void lay_out_tile(std::int64_t rows) {
    std::vector<int> first(size_);
    std::iota(first.begin(), first.end(), 0);
    std::vector<int> last(first);
    for (int i = 0; i < graph_.size(); ++i) {
      if (is_guest(i)) at(first, home(i)) = std::min(at(first, home(i)), i);
      for (int input : ordered(i).step.inputs) {
        at(last, home(input)) = std::max(at(last, home(input)), i);
      }
    }
    lay_out_where(Place::tile, rows, first, last, memory_.tile_bytes);
  }

  void lay_out_where(Place place, std::int64_t rows, const std::vector<int>& first,
                     const std::vector<int>& last, std::size_t& total) {
    std::vector<Lifetime> lifetimes;
    std::vector<int> nodes;
    for (int i = 0; i < graph_.size(); ++i) {
      if (at(memory_.places, i) != place || is_guest(i)) continue;
      lifetimes.push_back({bytes_of(node(i), rows), at(first, i), at(last, i)});
      nodes.push_back(i);
    }
    const Layout layout = lay_out(lifetimes);
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      at(memory_.offsets, nodes[k]) = layout.offsets[k];
    }
    total = layout.bytes;
  }

  void lay_out_lane() {
    memory_.lane_offsets.assign(size_, 0);
    for (int i = 0; i < graph_.size(); ++i) {
      if (ordered(i).kind != StepKind::summed) continue;
      at(memory_.lane_offsets, i) = memory_.lane_bytes;
      memory_.lane_bytes += (bytes_of(node(i), 0) + 63) / 64 * 64;
    }
  }

  void place_guests() {
    for (int i = 0; i < graph_.size(); ++i) {
      if (!is_guest(i)) continue;
      const auto column = static_cast<std::size_t>(at(columns_, i)) * sizeof(float);
      at(memory_.places, i) = at(memory_.places, home(i));
      at(memory_.offsets, i) = at(memory_.offsets, home(i)) + column;
    }
  }

  const Graph& graph_;
  const Order& order_;
  std::size_t size_;
  Memory memory_;
  std::vector<std::int64_t> columns_;  // by node: of its home's rows, where its own begin
};

}  // namespace

std::size_t bytes_of(const Node& node, std::int64_t batch) {
  return static_cast<std::size_t>(node.shape.at(batch).elements()) * sizeof(float);
}

Memory lay_out_memory(const Graph& graph, const Order& order, std::int64_t batch,
                      std::int64_t tile_rows) {
  return MemoryPlanner(graph, order, batch, tile_rows).take();
}

}  // namespace gradus
