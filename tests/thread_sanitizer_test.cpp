#ifdef __SANITIZE_THREAD__

#include <doctest/doctest.h>

#include <cstdint>

#include "framework/kernels/parallel.h"
#include "tests/support.h"

namespace gradus::tests {

TEST_CASE("thread sanitizer: a planted race" * doctest::skip()) {
  kernels::set_threads(4);
  std::int64_t sum = 0;
  kernels::parallel_for(10000, [&](std::int64_t i) { sum += i; });
  CHECK(sum >= 0);
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
