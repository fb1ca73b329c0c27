#include "framework/graph/layout.h"

#include <algorithm>
#include <numeric>

namespace gradus {

Layout lay_out(const std::vector<Lifetime>& lifetimes) {
  constexpr std::size_t kAlignment = 64;
  const auto rounded = [&](std::size_t i) {
    return (lifetimes[i].bytes + kAlignment - 1) / kAlignment * kAlignment;
  };
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });

  Layout layout;
  layout.offsets.resize(lifetimes.size());
  std::vector<std::size_t> placed;  // by ascending offset
  for (const std::size_t i : order) {
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      const bool together = lifetimes[i].first <= lifetimes[other].last &&
                            lifetimes[other].first <= lifetimes[i].last;
      if (!together) continue;
      if (offset + rounded(i) <= layout.offsets[other]) break;
      offset = std::max(offset, layout.offsets[other] + rounded(other));
    }
    layout.offsets[i] = offset;
    layout.bytes = std::max(layout.bytes, offset + rounded(i));
    const auto at = std::ranges::find_if(
        placed, [&](std::size_t other) { return layout.offsets[other] > offset; });
    placed.insert(at, i);
  }
  return layout;
}

}  // namespace gradus
