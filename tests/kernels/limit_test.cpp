#include "framework/kernels/limit.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {

TEST_CASE("limit: the machine's rates are measured once for each number of workers") {
  for (const int threads : {1, 2}) {
    CAPTURE(threads);
    const Threads set(threads);
    const double products = kernels::best_matmul_rate();
    const double copies = kernels::best_copy_rate();
    CHECK(products > 1e8);
    CHECK(products < 1e15);
    CHECK(copies > 1e8);
    CHECK(copies < 1e14);
    CHECK(kernels::best_matmul_rate() == products);
    CHECK(kernels::best_copy_rate() == copies);
  }
}

}  // namespace gradus::tests
