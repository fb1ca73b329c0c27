#ifdef __SANITIZE_THREAD__

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "framework/kernels/parallel.h"
#include "tests/kernels/meeting.h"
#include "tests/support.h"

namespace gradus::tests {

TEST_CASE("thread sanitizer: a planted race" * doctest::skip()) {
  kernels::set_threads(2);
  std::int64_t sum = 0;
  std::atomic<bool> met = false;
  // On a busy machine one worker may have done all before another is awake.
  for (int attempt = 0; attempt < 10 && !met; ++attempt) {
    Meeting meeting(2, std::chrono::seconds(10));
    met = true;
    kernels::parallel_for(2, [&](std::int64_t i) {
      if (!meeting.wait()) met = false;
      sum += i;
    });
  }
  CHECK(met);
}

TEST_CASE("thread sanitizer: it sees a race between two bodies of a loop") {
  const ProgramResult result =
      run("/proc/self/exe", {"--no-skip", "thread sanitizer: a planted race"});
  CHECK(result.exit_code == 66);
  CHECK(result.standard_error.find("WARNING: ThreadSanitizer: data race") != std::string::npos);
  CHECK(result.standard_error.find("thread_sanitizer_test.cpp") != std::string::npos);
}

}  // namespace gradus::tests

#endif
