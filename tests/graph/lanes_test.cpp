#include "framework/graph/lanes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "framework/kernels/parallel.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// A lane's contents here: which lanes are in it, as text.
constexpr std::size_t kBytes = 256;

char* text(std::byte* lane) {
  return reinterpret_cast<char*>(lane);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

void put(const std::string& value, std::byte* lane) {
  REQUIRE(value.size() < kBytes);
  std::ranges::copy(value, text(lane));
  text(lane)[value.size()] = '\0';
}

/// How lanes were added up: "(0+1)+2", where each(fill) fills them all.
template <class Each>
std::string added(Lanes& lanes, const Each& each) {
  std::string total;
  lanes.begin();
  each([&](std::int64_t lane) {
    put(std::to_string(lane), lanes.take(lane));
    lanes.finish(lane, [&](std::byte* left, std::byte* right, bool last) {
      const std::string sum = "(" + std::string(text(left)) + "+" + text(right) + ")";
      if (last) {
        CHECK(total.empty());
        total = sum;
      } else {
        put(sum, left);
      }
    });
  });
  return total;
}

TEST_CASE("lanes: added two by two, whatever order they are filled in, again and again") {
  const std::vector<std::string> expected{"(0+1)",
                                          "((0+1)+2)",
                                          "((0+1)+(2+3))",
                                          "(((0+1)+(2+3))+4)",
                                          "(((0+1)+(2+3))+(4+5))",
                                          "(((0+1)+(2+3))+((4+5)+6))"};
  std::mt19937 random(1);
  for (std::int64_t count = 2; count <= 7; ++count) {
    CAPTURE(count);
    Lanes lanes(count, kBytes, 1);
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    for (int i = 0; i < 50; ++i) {
      const auto each = [&](const auto& fill) { std::ranges::for_each(order, fill); };
      CHECK(added(lanes, each) == expected[static_cast<std::size_t>(count - 2)]);
      std::ranges::shuffle(order, random);
    }
  }
}

TEST_CASE("lanes: added up in the same order by any number of workers") {
  constexpr std::int64_t kLanes = 24;
  Lanes alone(kLanes, kBytes, 1);
  const std::string expected = added(alone, [&](const auto& fill) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) fill(lane);
  });
  for (const int threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    Lanes lanes(kLanes, kBytes, threads);
    for (int i = 0; i < 200; ++i) {
      const auto each = [&](const auto& fill) { kernels::parallel_for(kLanes, fill); };
      CHECK(added(lanes, each) == expected);
    }
  }
}

TEST_CASE("lanes: filled in order, a worker goes on in memory that it has used") {
  Lanes lanes(16, kBytes, 1);
  std::set<std::byte*> used;
  lanes.begin();
  for (std::int64_t lane = 0; lane < 16; ++lane) {
    used.insert(lanes.take(lane));
    lanes.finish(lane, [](std::byte*, std::byte*, bool) {});
  }
  CHECK(used.size() == 5);  // sums of 8, 4, 2 and 1 lanes, and the next lane
}

}  // namespace
}  // namespace gradus::tests
