#include "framework/kernels/parallel.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/kernels/meeting.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

using kernels::parallel_blocks;
using kernels::parallel_for;
using kernels::side_by_side;

/// For side_by_side, where it does not matter who helps.
constexpr auto kHelp = [](std::int64_t, const auto& share) { share(); };

int cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 0;
}

}  // namespace

TEST_CASE("parallel_for: every index once") {
  for (const int threads : {1, 2, 3, 8}) {
    const Threads set(threads);
    for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U, 20000U}) {
      CAPTURE(threads);
      CAPTURE(count);
      std::vector<std::atomic<int>> calls(count);
      parallel_for(static_cast<std::int64_t>(count),
                   [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
      std::size_t once = 0;
      for (const std::atomic<int>& n : calls) once += n == 1 ? 1 : 0;
      CHECK(once == count);
    }
  }
  parallel_for(-3, [](std::int64_t) { FAIL("a body was called"); });
}

#ifdef __SSE__
TEST_CASE("loops: what is smaller than a normal float is zero within bodies, and only there") {
  const auto is_zero = [] {
    const volatile float small = 1e-30F;
    return small * 1e-10F == 0;
  };
  for (const int threads : {1, 3}) {
    const Threads set(threads);
    for (const std::int64_t count : {1, 100}) {
      std::atomic<std::int64_t> zeros = 0;
      const auto body = [&](std::int64_t) { zeros += is_zero() ? 1 : 0; };
      parallel_for(count, body);
      side_by_side(
          count, [&](std::int64_t i) { parallel_for(1, [&](std::int64_t) { body(i); }); }, kHelp);
      CHECK(zeros == 2 * count);
      CHECK_FALSE(is_zero());
    }
  }
}
#endif

TEST_CASE("parallel_blocks: blocks cover all, and follow from the count alone") {
  for (const int threads : {1, 3}) {
    const Threads set(threads);
    for (const std::int64_t count : {0, 1, 9, 10, 11, 999}) {
      CAPTURE(count);
      std::mutex mutex;
      std::set<std::pair<std::int64_t, std::int64_t>> blocks;
      parallel_blocks(count, 10, [&](std::int64_t begin, std::int64_t end) {
        const std::scoped_lock lock(mutex);
        blocks.insert({begin, end});
      });
      std::set<std::pair<std::int64_t, std::int64_t>> expected;
      for (std::int64_t begin = 0; begin < count; begin += 10) {
        expected.insert({begin, std::min(begin + 10, count)});
      }
      CHECK(blocks == expected);
    }
  }
}

TEST_CASE("parallel_for: as many workers as were asked for take part, beyond the cores too") {
  for (const int threads : {2, 3, 5, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    CHECK(kernels::threads() == threads);
    std::mutex mutex;
    std::set<int> numbers;
    std::set<std::thread::id> ids;
    std::atomic<bool> all{false};
    // On a busy machine a loop may end before all workers are awake.
    for (int loop = 0; loop < 10 && !all; ++loop) {
      Meeting meeting(threads, std::chrono::seconds(10));
      numbers.clear();
      ids.clear();
      all = true;
      parallel_for(threads, [&](std::int64_t) {
        if (!meeting.wait()) all = false;
        const std::scoped_lock lock(mutex);
        numbers.insert(kernels::worker());
        ids.insert(std::this_thread::get_id());
      });
    }
    CHECK(all);
    CHECK(numbers.size() == static_cast<std::size_t>(threads));
    CHECK(ids.size() == static_cast<std::size_t>(threads));
    CHECK(*numbers.begin() == 0);
    CHECK(*numbers.rbegin() == threads - 1);
  }
}

TEST_CASE("parallel_for: within a body it is a plain loop on the same worker") {
  const Threads set(4);
  std::atomic<int> wrong{0};
  std::atomic<int> calls{0};
  parallel_for(50, [&](std::int64_t) {
    const int worker = kernels::worker();
    const auto thread = std::this_thread::get_id();
    std::int64_t next = 0;
    parallel_for(20, [&](std::int64_t i) {
      ++calls;
      if (i != next++ || kernels::worker() != worker || std::this_thread::get_id() != thread) {
        ++wrong;
      }
    });
  });
  CHECK(calls == 1000);
  CHECK(wrong == 0);
}

TEST_CASE("side_by_side: every body once, and every index of its loops") {
  for (const int threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    for (const std::size_t count : {0U, 1U, 2U, 20U}) {
      CAPTURE(count);
      std::vector<std::atomic<int>> bodies(count);
      std::vector<std::atomic<int>> calls(count * 100);
      std::atomic<int> out_of_bounds{0};
      side_by_side(
          static_cast<std::int64_t>(count),
          [&](std::int64_t body) {
            ++bodies[static_cast<std::size_t>(body)];
            parallel_for(100, [&](std::int64_t i) {
              ++calls[static_cast<std::size_t>(body * 100 + i)];
              if (kernels::worker() < 0 || kernels::worker() >= threads) ++out_of_bounds;
            });
          },
          kHelp);
      CHECK(std::ranges::all_of(bodies, [](const auto& n) { return n == 1; }));
      CHECK(std::ranges::all_of(calls, [](const auto& n) { return n == 1; }));
      CHECK(out_of_bounds == 0);
      CHECK(kernels::worker() == 0);
    }
  }
}

TEST_CASE(
    "side_by_side: bodies run at once as different workers, and help with a last one's loop") {
  const Threads set(3);
  std::atomic<bool> met{false};
  std::array<int, 2> workers{};
  std::atomic<int> helpers{0};
  std::atomic<int> wrong{0};
  for (int attempt = 0; attempt < 10 && !met; ++attempt) {  // a busy machine wakes workers late
    Meeting bodies(2, std::chrono::seconds(10));
    Meeting loop(3, std::chrono::seconds(10));
    met = true;
    side_by_side(
        2,
        [&](std::int64_t body) {
          workers[static_cast<std::size_t>(body)] = kernels::worker();
          if (!bodies.wait()) met = false;
          if (body == 0) return;
          parallel_for(3, [&](std::int64_t) {
            if (!loop.wait()) met = false;
          });
        },
        [&](std::int64_t body, const auto& share) {
          ++helpers;
          if (body != 1 || kernels::worker() == workers[1]) ++wrong;
          share();
        });
  }
  CHECK(met);
  CHECK(helpers >= 2);
  CHECK(wrong == 0);
  CHECK(workers[0] != workers[1]);
}

TEST_CASE("side_by_side: a body that waits for its loop begins no other meanwhile") {
  for (const int threads : {2, 3, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    thread_local bool busy = false;
    std::atomic<int> wrong{0};
    for (int repeat = 0; repeat < 50; ++repeat) {
      side_by_side(
          16,
          [&](std::int64_t body) {
            if (busy) ++wrong;
            busy = true;
            const int worker = kernels::worker();
            parallel_for(20, [&](std::int64_t i) {
              // Of two bodies the one is often left waiting for a last part that another worker
              // has.
              if ((body + i) % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
            });
            if (kernels::worker() != worker) ++wrong;
            busy = false;
          },
          kHelp);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("side_by_side: within a body of a loop it is a plain loop; exceptions reach the caller") {
  for (const int threads : {1, 2, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    std::atomic<int> wrong{0};
    parallel_for(20, [&](std::int64_t) {
      const auto thread = std::this_thread::get_id();
      std::int64_t next = 0;
      side_by_side(
          5,
          [&](std::int64_t i) {
            if (i != next++ || std::this_thread::get_id() != thread) ++wrong;
          },
          kHelp);
    });
    CHECK(wrong == 0);
    CHECK_THROWS_WITH(side_by_side(
                          3, [](std::int64_t) { throw std::runtime_error("a body's own"); }, kHelp),
                      "a body's own");
    CHECK_THROWS_WITH(side_by_side(
                          3,
                          [](std::int64_t) {
                            parallel_for(9, [](std::int64_t i) {
                              if (i == 8) throw std::runtime_error("a loop's own");
                            });
                          },
                          kHelp),
                      "a loop's own");
    CHECK(kernels::worker() == 0);
  }
}

TEST_CASE("alone: this thread as worker 0, in which loops are plain") {
  const Threads set(4);
  const auto caller = std::this_thread::get_id();
  std::vector<std::int64_t> order;
  kernels::alone([&] {
    CHECK(kernels::worker() == 0);
    parallel_for(5, [&](std::int64_t i) {
      CHECK(std::this_thread::get_id() == caller);
      order.push_back(i);
    });
  });
  CHECK(order == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  CHECK_THROWS_WITH(kernels::alone([] { throw std::runtime_error("alone"); }), "alone");
}

TEST_CASE("parallel_for: a body's exception reaches the caller, and loops go on working") {
  for (const int threads : {1, 2, 8}) {
    CAPTURE(threads);
    const Threads set(threads);
    for (const std::int64_t count : {1, 100}) {
      for (const std::int64_t bad : {std::int64_t{0}, count / 2, count - 1}) {
        CHECK_THROWS_WITH(parallel_for(count,
                                       [&](std::int64_t i) {
                                         if (i == bad) throw std::runtime_error("a body's own");
                                       }),
                          "a body's own");
        CHECK(kernels::worker() == 0);
        std::atomic<std::int64_t> sum{0};
        parallel_for(101, [&](std::int64_t i) { sum += i; });
        CHECK(sum == 5050);
      }
    }
  }
}

TEST_CASE("parallel_for: several threads may loop at once, their workers' numbers within bounds") {
  const Threads set(3);
  std::atomic<std::int64_t> sum{0};
  std::atomic<int> out_of_bounds{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int repeat = 0; repeat < 50; ++repeat) {
        parallel_for(100, [&](std::int64_t i) {
          sum += i;
          if (kernels::worker() < 0 || kernels::worker() >= 3) ++out_of_bounds;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(sum == 4 * 50 * 4950);
  CHECK(out_of_bounds == 0);
}

TEST_CASE("set_threads: nothing given is the cores of this process") {
  const Threads set(3);
  CHECK(kernels::threads() == 3);
  kernels::set_threads(0);
  CHECK(kernels::threads() == cores());
  CHECK(kernels::worker() == 0);
}

}  // namespace gradus::tests
