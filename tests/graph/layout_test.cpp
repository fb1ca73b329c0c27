#include "framework/graph/layout.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "framework/core/random.h"

namespace gradus::tests {
namespace {

bool live_together(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

/// Pairs of buffers that are needed at the same time and share a byte.
int overlaps(const std::vector<Lifetime>& lifetimes, const Layout& layout) {
  int count = 0;
  for (std::size_t i = 0; i < lifetimes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool apart = layout.offsets[i] + lifetimes[i].bytes <= layout.offsets[j] ||
                         layout.offsets[j] + lifetimes[j].bytes <= layout.offsets[i];
      if (!apart && live_together(lifetimes[i], lifetimes[j])) ++count;
    }
  }
  return count;
}

std::size_t rounded(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

TEST_CASE("layout: nothing needs nothing") {
  const Layout layout = lay_out({});
  CHECK(layout.bytes == 0);
  CHECK(layout.offsets.empty());
}

TEST_CASE("layout: a buffer takes the place of one that is over") {
  const Layout layout = lay_out({{100, 0, 1}, {100, 1, 2}, {100, 2, 3}});
  CHECK(layout.bytes == 256);
  CHECK(layout.offsets[0] == layout.offsets[2]);
  CHECK(layout.offsets[1] != layout.offsets[0]);
}

TEST_CASE("layout: a gap between two that live is filled") {
  // The largest lies at 0, the next after it; once the largest is over, its place is a gap.
  const Layout layout = lay_out({{1024, 0, 1}, {512, 0, 3}, {256, 2, 3}, {512, 2, 3}});
  CHECK(layout.bytes == 1536);
  CHECK(layout.offsets[1] == 1024);
  CHECK(layout.offsets[3] == 0);
  CHECK(layout.offsets[2] == 512);
}

TEST_CASE("layout: a wrong one would be found") {
  const std::vector<Lifetime> lifetimes{{64, 0, 1}, {64, 1, 2}};
  CHECK(overlaps(lifetimes, {.offsets = {0, 0}, .bytes = 64}) == 1);
  CHECK(overlaps(lifetimes, {.offsets = {0, 63}, .bytes = 127}) == 1);
  CHECK(overlaps(lifetimes, {.offsets = {0, 64}, .bytes = 128}) == 0);
}

TEST_CASE("layout: buffers that live at the same time never overlap") {
  constexpr int kCases = 400;
  for (std::uint32_t c = 0; c < kCases; ++c) {
    CAPTURE(c);
    const Random random(7, "layout", c);
    const std::int64_t count = random.integer(0, 60);
    const std::int64_t moments = 1 + random.integer(1, 40);
    std::vector<Lifetime> lifetimes;
    for (std::int64_t k = 0; k < count; ++k) {
      const auto row = static_cast<std::uint64_t>(10 * k + 10);
      const bool huge = random.integer(row, 10) == 0;
      const auto bytes = static_cast<std::size_t>(random.integer(row + 1, huge ? 1 << 20 : 300));
      const auto first = static_cast<int>(random.integer(row + 2, moments));
      const auto last = first + static_cast<int>(random.integer(row + 3, moments - first));
      lifetimes.push_back({bytes, first, last});
    }
    const Layout layout = lay_out(lifetimes);
    REQUIRE(layout.offsets.size() == lifetimes.size());
    CHECK(overlaps(lifetimes, layout) == 0);
    std::size_t end = 0;
    std::size_t all = 0;
    for (std::size_t k = 0; k < lifetimes.size(); ++k) {
      CHECK(layout.offsets[k] % 64 == 0);
      end = std::max(end, layout.offsets[k] + rounded(lifetimes[k].bytes));
      all += rounded(lifetimes[k].bytes);
    }
    CHECK(layout.bytes == end);
    CHECK(layout.bytes <= all);
    for (int now = 0; now < moments; ++now) {  // no layout needs less than what lives at a moment
      std::size_t needed = 0;
      for (const Lifetime& buffer : lifetimes) {
        if (buffer.first <= now && now <= buffer.last) needed += rounded(buffer.bytes);
      }
      CHECK(layout.bytes >= needed);
    }
  }
}

}  // namespace gradus::tests
