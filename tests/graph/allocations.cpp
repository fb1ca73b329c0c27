#include "tests/graph/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"
#include "tests/kernels/meeting.h"

namespace gradus::tests {
namespace {

std::atomic<std::int64_t> by_onednn{0};
std::atomic<std::int64_t> by_gradus{0};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCounts = false;
#else
constexpr bool kCounts = true;
#endif

}  // namespace

bool counts_news() { return kCounts; }
std::int64_t news_by_onednn() { return by_onednn.load(); }
std::int64_t news_by_gradus() { return by_gradus.load(); }

void start_workers() {
  const int threads = kernels::threads();
  Meeting meeting(threads, std::chrono::seconds(10));
  kernels::parallel_for(threads, [&](std::int64_t) { meeting.wait(); });
}

/// One more call of operator new, on this thread.
void count_new() {
  auto& counter = kernels::inside_onednn() ? by_onednn : by_gradus;
  counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace gradus::tests

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* operator new(std::size_t size) {
  gradus::tests::count_new();
  if (void* block = std::malloc(size > 0 ? size : 1)) return block;
  throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  gradus::tests::count_new();
  const auto to = static_cast<std::size_t>(alignment);
  if (void* block = std::aligned_alloc(to, (size + to) / to * to)) return block;
  throw std::bad_alloc();
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t /*alignment*/) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(block);
}

#endif
