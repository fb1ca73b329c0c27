#include "framework/experiment/model_drawing.h"

#include <algorithm>
#include <cstddef>

namespace gradus::experiment {
namespace {

constexpr int kSweeps = 8;

/// A node, or a place that an edge passes on its way over several rows.
struct Slot {
  int row = 0;
  std::vector<std::size_t> above = {};
  std::vector<std::size_t> below = {};
  double column = 0;
};

using Slots = std::vector<Slot>;

/// The rows of the nodes: each below its inputs, and those without inputs just above who needs
/// them.
std::vector<int> rows_of(const std::vector<std::vector<int>>& inputs) {
  std::vector<int> rows(inputs.size(), 0);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const int input : inputs[i]) {
      rows[i] = std::max(rows[i], rows[static_cast<std::size_t>(input)] + 1);
    }
  }
  std::vector<int> first_user(inputs.size(), -1);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const int input : inputs[i]) {
      int& first = first_user[static_cast<std::size_t>(input)];
      first = first < 0 ? rows[i] : std::min(first, rows[i]);
    }
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].empty() && first_user[i] > 0) rows[i] = first_user[i] - 1;
  }
  return rows;
}

void connect(Slots& slots, std::size_t from, std::size_t to) {
  slots[from].below.push_back(to);
  slots[to].above.push_back(from);
}

/// The nodes, then the places that long edges pass; `paths` gets the slots of each edge.
Slots slots_of(const std::vector<std::vector<int>>& inputs,
               std::vector<std::vector<std::size_t>>& paths) {
  Slots slots;
  for (const int row : rows_of(inputs)) slots.push_back({.row = row});
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const int input : inputs[i]) {
      auto at = static_cast<std::size_t>(input);
      std::vector<std::size_t>& path = paths.emplace_back(1, at);
      while (slots[at].row + 1 < slots[i].row) {
        slots.push_back({.row = slots[at].row + 1});
        connect(slots, at, slots.size() - 1);
        at = slots.size() - 1;
        path.push_back(at);
      }
      connect(slots, at, i);
      path.push_back(i);
    }
  }
  return slots;
}

/// Puts each row's slots in the order of the mean column of their neighbours, above or below.
void order(Slots& slots, std::vector<std::vector<std::size_t>>& rows, bool by_above) {
  for (std::size_t k = 0; k < rows.size(); ++k) {
    auto& row = rows[by_above ? k : rows.size() - 1 - k];
    std::vector<std::pair<double, std::size_t>> wanted;
    for (const std::size_t slot : row) {
      const auto& neighbours = by_above ? slots[slot].above : slots[slot].below;
      double sum = 0;
      for (const std::size_t other : neighbours) sum += slots[other].column;
      wanted.emplace_back(
          neighbours.empty() ? slots[slot].column : sum / static_cast<double>(neighbours.size()),
          slot);
    }
    std::ranges::stable_sort(wanted, {}, &std::pair<double, std::size_t>::first);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      row[i] = wanted[i].second;
      slots[row[i]].column = static_cast<double>(i) - static_cast<double>(row.size() - 1) / 2;
    }
  }
}

}  // namespace

Drawing draw_graph(const std::vector<std::vector<int>>& inputs) {
  std::vector<std::vector<std::size_t>> paths;
  Slots slots = slots_of(inputs, paths);
  std::vector<std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    rows.resize(std::max(rows.size(), static_cast<std::size_t>(slots[i].row) + 1));
    auto& row = rows[static_cast<std::size_t>(slots[i].row)];
    slots[i].column = static_cast<double>(row.size());
    row.push_back(i);
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) order(slots, rows, sweep % 2 == 0);
  double widest = 0;
  for (const auto& row : rows) widest = std::max(widest, static_cast<double>(row.size()));
  const auto place = [&](std::size_t slot) {
    return Drawing::Place(slots[slot].column + (widest - 1) / 2, slots[slot].row);
  };
  Drawing out;
  for (std::size_t i = 0; i < inputs.size(); ++i) out.nodes.push_back(place(i));
  for (const auto& path : paths) {
    auto& edge = out.edges.emplace_back();
    for (const std::size_t slot : path) edge.push_back(place(slot));
  }
  return out;
}

}  // namespace gradus::experiment
