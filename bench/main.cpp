#define DOCTEST_CONFIG_IMPLEMENT  // of the tests that the ops' cases come with; none is run
#include <benchmark/benchmark.h>
#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>

#include "bench/dlrm_bench.h"
#include "bench/ops_bench.h"
#include "bench/tutorial.h"
#include "framework/core/error.h"
#include "framework/data/text.h"
#include "framework/kernels/limit.h"
#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"

namespace gradus::bench {
namespace {

/// Takes `--threads=4` or the like out of the arguments.
void take(std::string_view flag, int& argc, char** argv,
          const std::function<void(const char*)>& use) {
  int kept = 0;
  for (int i = 0; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with(flag)) {
      use(argv[i] + flag.size());
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
}

void use_threads(std::string_view text) {
  constexpr int kMost = 1024;
  const auto count = parse_integer(text);
  if (!count || *count < 1 || *count > kMost) {
    fail("--threads must be a whole number from 1 to {}, got {}", kMost, in_quotes(text));
  }
  kernels::set_threads(static_cast<int>(*count));
}

int run(int argc, char** argv) {
  take("--threads=", argc, argv, use_threads);
  take("--weights=", argc, argv, [](const char* file) { use_weights(file); });
  take("--dlrm=", argc, argv, [](const char* file) { use_case(file); });
  take("--tensors=", argc, argv, [](const char* file) { write_tensors(file); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("workers", std::to_string(kernels::threads()));
  benchmark::AddCustomContext("instruction set", std::string(kernels::instruction_set()));
  benchmark::AddCustomContext("oneDNN", std::string(kernels::onednn_version()));
  benchmark::AddCustomContext("best matmul rate",
                              fmt::format("{:.1f} GFLOP/s", kernels::best_matmul_rate() / 1e9));
  register_ops();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace gradus::bench

int main(int argc, char** argv) {
  try {
    return gradus::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "gradus_bench: " << error.what() << "\n";
    return 1;
  }
}
