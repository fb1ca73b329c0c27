#include "framework/kernels/parallel.h"

#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "framework/kernels/denormals.h"

#ifdef GRADUS_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace gradus::kernels {
namespace {

#ifdef GRADUS_THREAD_SANITIZER
void done_so_far(void* loop) { __tsan_release(loop); }
void after_what_was_done(void* loop) { __tsan_acquire(loop); }
#else
void done_so_far(void* /*loop*/) {}
void after_what_was_done(void* /*loop*/) {}
#endif

// The order that a loop gives: what came before it comes before its bodies, and they come before
// what follows it. ThreadSanitizer cannot see that, since libtbb is built without it (and so is
// this file: CMakeLists.txt), and is told by these, one around a loop and one around each body.
struct LoopOrder {
  explicit LoopOrder(void* context) : loop(context) { done_so_far(loop); }
  ~LoopOrder() { after_what_was_done(loop); }
  LoopOrder(const LoopOrder&) = delete;
  LoopOrder& operator=(const LoopOrder&) = delete;
  void* loop;
};

struct BodyOrder {
  explicit BodyOrder(void* context) : loop(context) { after_what_was_done(loop); }
  ~BodyOrder() { done_so_far(loop); }
  BodyOrder(const BodyOrder&) = delete;
  BodyOrder& operator=(const BodyOrder&) = delete;
  void* loop;
};

thread_local int current_worker = 0;

/// Where a thread is: outside of loops, in a body of side_by_side, or in one of parallel_for.
enum class Place { outside, beside, body };
thread_local Place place = Place::outside;

/// A body of side_by_side, and whom a helper has to ask.
struct Beside {
  std::int64_t body;
  void (*help)(void*, std::int64_t, const detail::Share&);
  void* context;
};
thread_local const Beside* beside = nullptr;  // the one that this thread is in, at that place

int cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

struct Pool {
  explicit Pool(int count)
      : size(count),
        control(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(count)),
        arena(count) {}

  int size;
  tbb::global_control control;
  tbb::task_arena arena;
};

std::mutex pool_mutex;
std::unique_ptr<Pool> shared_pool;

Pool& pool() {
  const std::scoped_lock lock(pool_mutex);
  if (!shared_pool) shared_pool = std::make_unique<Pool>(cores());
  return *shared_pool;
}

tbb::task_arena& arena_of_one() {
  thread_local tbb::task_arena arena(1);
  return arena;
}

/// Makes the calling thread worker `index` at a place while it lives.
class BeWorker {
 public:
  BeWorker(int index, Place at) : worker_before_(current_worker), place_before_(place) {
    current_worker = index;
    place = at;
  }
  ~BeWorker() {
    current_worker = worker_before_;
    place = place_before_;
  }
  BeWorker(const BeWorker&) = delete;
  BeWorker& operator=(const BeWorker&) = delete;

 private:
  int worker_before_;
  Place place_before_;
  FlushDenormals flush_denormals_;
};

using Range = tbb::blocked_range<std::int64_t>;

/// Calls run(range) for every index, spread over the workers, which are at place `at` meanwhile.
template <class Run>
void spread(Pool& workers, std::int64_t count, void* context, Place at, Run run) {
  const LoopOrder loop_order(context);
  const auto loop = [&] {
    tbb::parallel_for(
        Range(0, count, 1),
        [&](const Range& range) {
          const BeWorker be(tbb::this_task_arena::current_thread_index(), at);
          const BodyOrder body_order(context);
          run(range);
        },
        tbb::simple_partitioner());
  };
  if (place == Place::beside) {
    loop();  // entering the arena that this thread is in would end its isolation
  } else {
    workers.arena.execute(loop);
  }
}

/// A loop's indices in equal shares, one for each of up to 64 workers: whoever has done its own
/// helps with the others'. A worker's share is the same in each loop of one length, and often in
/// its cache.
class Shares {
 public:
  Shares(std::int64_t count, int workers)
      : number_(std::min<std::int64_t>({count, workers, kMost})), open_(count) {
    for (std::int64_t k = 0; k < number_; ++k) {
      share(k).next = count * k / number_;
      share(k).end = count * (k + 1) / number_;
    }
  }

  /// What this worker does of the loop.
  void run(void (*body)(void*, std::int64_t), void* context) {
    try {
      for (std::int64_t k = 0; k < number_; ++k) {
        Share& mine = share((worker() + k) % number_);
        for (std::int64_t i = mine.next++; i < mine.end; i = mine.next++) {
          body(context, i);
          --open_;
        }
      }
    } catch (...) {
      failed_ = true;
      for (std::int64_t k = 0; k < number_; ++k) share(k).next = share(k).end;
      throw;
    }
  }

  /// Until all is done, or for a while: a worker without work soon sleeps, and is slow to wake for
  /// the next loop.
  void wait() const {
    constexpr int kTurns = 1000;  // of a third of a microsecond where no other thread is to run
    for (int turn = 0; turn < kTurns && open_ > 0 && !failed_; ++turn) std::this_thread::yield();
  }

 private:
  static constexpr std::int64_t kMost = 64;
  struct alignas(64) Share {
    std::atomic<std::int64_t> next;
    std::int64_t end;
  };

  Share& share(std::int64_t k) { return shares_[static_cast<std::size_t>(k)]; }

  std::int64_t number_;
  std::array<Share, kMost> shares_;
  alignas(64) std::atomic<std::int64_t> open_;
  std::atomic<bool> failed_ = false;
};

}  // namespace

void set_threads(int count) {
  const std::scoped_lock lock(pool_mutex);
  const int size = count > 0 ? count : cores();
  if (shared_pool && shared_pool->size == size) return;
  shared_pool.reset();
  shared_pool = std::make_unique<Pool>(size);
}

int threads() { return pool().size; }

int worker() { return current_worker; }

void detail::alone(void (*body)(void*), void* context) {
  const BeWorker be(0, Place::body);
  arena_of_one().execute([&] { body(context); });
}

void detail::parallel_for(std::int64_t count, void (*body)(void*, std::int64_t), void* context) {
  if (count <= 0) return;
  if (place == Place::body) {
    for (std::int64_t i = 0; i < count; ++i) body(context, i);
    return;
  }
  Pool& workers = pool();
  if (count == 1 || workers.size == 1) {
    const BeWorker be(current_worker, Place::body);
    arena_of_one().execute([&] {
      for (std::int64_t i = 0; i < count; ++i) body(context, i);
    });
    return;
  }
  Shares shares(count, workers.size);
  const bool wait = place == Place::outside;
  const Beside* const owner = wait ? nullptr : beside;
  const int own = current_worker;
  const std::int64_t takers = std::min<std::int64_t>(count, workers.size);
  auto share = [&] { arena_of_one().execute([&] { shares.run(body, context); }); };
  spread(workers, takers, context, Place::body, [&](const Range& /*range*/) {
    if (owner != nullptr && current_worker != own) {
      const auto run = [](void* loop) { (*static_cast<decltype(share)*>(loop))(); };
      owner->help(owner->context, owner->body, {run, &share});
    } else {
      share();
    }
    if (wait) shares.wait();
  });
}

void detail::side_by_side(std::int64_t count, void (*body)(void*, std::int64_t),
                          void (*help)(void*, std::int64_t, const Share&), void* context) {
  Pool& workers = pool();
  if (place != Place::outside || count <= 1 || workers.size == 1) {
    for (std::int64_t i = 0; i < count; ++i) body(context, i);
    return;
  }
  std::atomic<std::int64_t> next = 0;
  const std::int64_t takers = std::min<std::int64_t>(count, workers.size);
  spread(workers, takers, context, Place::beside, [&](const Range& /*range*/) {
    for (std::int64_t i = next++; i < count; i = next++) {
      const Beside mine{i, help, context};
      beside = &mine;
      // A body that waits for its own loop must not begin another meanwhile.
      tbb::this_task_arena::isolate([&] { body(context, i); });
    }
  });
}

}  // namespace gradus::kernels
