#include "framework/experiment/plan_table.h"

#include <doctest/doctest.h>

namespace gradus::experiment {
namespace {

TEST_CASE("a plan's table has words to the left, numbers to the right, as wide as they need") {
  const PlanLine product{.node = 3,
                         .scope = "ratings.0",
                         .op = "matmul + bias",
                         .shape = "[batch, 256]",
                         .runs = "tile",
                         .flops = 945e6,
                         .bytes = 3400};
  const PlanLine sum{.node = 4,
                     .scope = "",
                     .op = "sum_to",
                     .shape = "[]",
                     .runs = "lanes",
                     .flops = 12,
                     .bytes = 16};
  CHECK(
      table_text(
          {plan_head(), plan_cells(product), plan_cells(sum), {"-", "waiting", "", "", "", ""}}) ==
      "module     step           shape         runs   FLOPs    bytes\n"
      "ratings.0  matmul + bias  [batch, 256]  tile   945 M  3.40 kB\n"
      "-          sum_to         []            lanes     12     16 B\n"
      "-          waiting\n");
  CHECK(json(product).text() ==
        "{\"scope\": \"ratings.0\", \"op\": \"matmul + bias\", \"shape\": \"[batch, 256]\", "
        "\"runs\": \"tile\", \"flops\": 945000000, \"bytes\": 3400}");
}

}  // namespace
}  // namespace gradus::experiment
