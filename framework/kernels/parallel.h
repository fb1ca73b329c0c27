#pragma once

#include <cstdint>
#include <type_traits>

namespace gradus::kernels {

/// Sets the number of workers, beyond the cores too; 0 is the default, the cores. Call it while
/// nothing is running and before anything is prepared: kernels are made for these workers.
void set_threads(int count);

/// The number of workers: what was set, else the cores that this process may use.
int threads();

/// The calling worker's number, from 0 to threads() - 1; 0 outside of these loops.
int worker();

namespace detail {
/// A helper's share of a loop.
struct Share {
  void (*run)(void*);                     ///< does it
  void* loop;                             ///< of which it is
  void operator()() const { run(loop); }  ///< does it
};
void parallel_for(std::int64_t count, void (*body)(void*, std::int64_t), void* context);
void side_by_side(std::int64_t count, void (*body)(void*, std::int64_t),
                  void (*help)(void*, std::int64_t, const Share&), void* context);
void alone(void (*body)(void*), void* context);
}  // namespace detail

/// Calls body(0) … body(count - 1), spread over the workers, in no order. Within a body, and for a
/// count of one, a plain loop. Each body runs in an arena of one thread, in which oneDNN cannot
/// split its work, and without denormals: results never depend on the number of threads. An
/// exception of a body is thrown here.
template <class Body>
void parallel_for(std::int64_t count, Body&& body) {
  using Plain = std::remove_reference_t<Body>;
  detail::parallel_for(
      count, [](void* context, std::int64_t i) { (*static_cast<Plain*>(context))(i); },
      const_cast<std::remove_const_t<Plain>*>(&body));
}

/// Calls body(0) … body(count - 1) at once, each of which may spread parallel_for over the workers:
/// a worker that has nothing left to begin helps with the others' loops, and one that waits for its
/// own begins no other body. Whoever helps with body i calls help(i, share), which must call
/// share(). Within a body, of either loop, a plain loop.
template <class Body, class Help>
void side_by_side(std::int64_t count, Body&& body, Help&& help) {
  struct Both {
    std::remove_reference_t<Body>& body;
    std::remove_reference_t<Help>& help;
  } both{body, help};
  detail::side_by_side(
      count, [](void* context, std::int64_t i) { static_cast<Both*>(context)->body(i); },
      [](void* context, std::int64_t i, const detail::Share& share) {
        static_cast<Both*>(context)->help(i, share);
      },
      &both);
}

/// Calls body() on this thread, as worker 0, in an arena of one thread.
template <class Body>
void alone(Body&& body) {
  using Plain = std::remove_reference_t<Body>;
  detail::alone([](void* context) { (*static_cast<Plain*>(context))(); },
                const_cast<std::remove_const_t<Plain>*>(&body));
}

/// Calls body(begin, end) for blocks of at most `grain` of `count` elements, spread over the
/// workers. The blocks follow from the count alone.
template <class Body>
void parallel_blocks(std::int64_t count, std::int64_t grain, Body&& body) {
  parallel_for((count + grain - 1) / grain, [&](std::int64_t block) {
    const std::int64_t begin = block * grain;
    body(begin, begin + grain < count ? begin + grain : count);
  });
}

}  // namespace gradus::kernels
