#include "framework/kernels/matmul.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "framework/core/random.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

using kernels::Activation;
using kernels::Matmul;
using kernels::MatmulSizes;

std::vector<float> random_floats(std::int64_t count, std::string_view purpose) {
  const Random random(11, purpose);
  std::vector<float> out(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = random.uniform(i, 0, -1.0F, 1.0F);
  return out;
}

double apply(Activation activation, double x) {
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::relu:
      return x < 0 ? 0 : x;
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
  }
  return 0;
}

/// A product with random contents, and the same by three loops in float64.
struct Product {
  explicit Product(const MatmulSizes& sizes) : s(sizes) {
    lda = s.lda != 0 ? s.lda : (s.transpose_a ? s.m : s.k);
    a = random_floats((s.transpose_a ? s.k : s.m) * lda, "a");
    b = random_floats(s.k * s.n, "b");
    bias = random_floats(s.n, "bias");
    start = random_floats(s.m * s.n, "start");
    gate = random_floats(s.m * s.n, "gate");
  }

  double expected(std::int64_t i, std::int64_t j, bool with_bias, Activation activation,
                  bool accumulate, bool gated) const {
    const auto at = [](const std::vector<float>& v, std::int64_t k) {
      return static_cast<double>(v[static_cast<std::size_t>(k)]);
    };
    double total = with_bias ? at(bias, j) : 0.0;
    if (accumulate) total += at(start, i * s.n + j);
    for (std::int64_t c = 0; c < s.k; ++c) {
      total += at(a, s.transpose_a ? c * lda + i : i * lda + c) *
               at(b, s.transpose_b ? j * s.k + c : c * s.n + j);
    }
    return gated && at(gate, i * s.n + j) <= 0 ? 0 : apply(activation, total);
  }

  /// "" or the worst element.
  std::string check(bool with_bias, Activation activation, bool accumulate, bool gated = false,
                    kernels::MathMode mode = kernels::MathMode::float32) const {
    const Matmul product(s, with_bias, activation, mode);
    constexpr float kUnwritten = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> y = accumulate ? start : std::vector<float>(start.size(), kUnwritten);
    kernels::alone([&] {
      product.run(a.data(), b.data(), with_bias ? bias.data() : nullptr, y.data(), accumulate,
                  gated ? gate.data() : nullptr);
    });
    // k additions to sums of about sqrt(k), each rounding by up to half a unit in the last place.
    const double allowed = 6e-8 * (static_cast<double>(s.k) + 16);
    for (std::int64_t i = 0; i < s.m; ++i) {
      for (std::int64_t j = 0; j < s.n; ++j) {
        const double want = expected(i, j, with_bias, activation, accumulate, gated);
        const auto got = static_cast<double>(y[static_cast<std::size_t>(i * s.n + j)]);
        if (std::abs(got - want) <= allowed) continue;
        return fmt::format("[{}, {}] is {} instead of {} ({})", i, j, got, want,
                           product.implementation());
      }
    }
    return "";
  }

  MatmulSizes s;
  std::int64_t lda = 0;
  std::vector<float> a;
  std::vector<float> b;
  std::vector<float> bias;
  std::vector<float> start;
  std::vector<float> gate;
};

std::string text(const MatmulSizes& s) {
  return fmt::format("m {} n {} k {} ta {} tb {} lda {}", s.m, s.n, s.k, s.transpose_a,
                     s.transpose_b, s.lda);
}

template <class Body>
void for_all_transposes(std::int64_t m, std::int64_t n, std::int64_t k, const Body& body) {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const MatmulSizes sizes{m, n, k, ta, tb};
      CAPTURE(text(sizes));
      body(sizes);
    }
  }
}

// Around the widths of vectors, the few rows and the small products that loops compute, and with
// columns that blocks copy and sums that they take in parts.
constexpr std::array<std::array<std::int64_t, 3>, 33> kSizes{{
    {1, 1, 1},     {1, 1, 64},     {1, 64, 1},     {64, 1, 1},    {3, 5, 7},      {1, 256, 64},
    {1, 63, 65},   {2, 129, 33},   {4, 300, 300},  {5, 300, 300}, {4, 65, 257},   {5, 65, 257},
    {32, 32, 32},  {33, 32, 32},   {32, 33, 32},   {32, 32, 33},  {31, 33, 32},   {64, 1, 600},
    {600, 1, 64},  {64, 64, 1},    {300, 200, 2},  {65, 67, 70},  {128, 256, 64}, {2, 2, 9000},
    {512, 66, 40}, {1024, 64, 33}, {7, 32, 33},    {15, 96, 70},  {129, 64, 256}, {64, 256, 128},
    {13, 160, 70}, {18, 160, 129}, {33, 160, 600},
}};

}  // namespace

TEST_CASE("matmul kernel: three loops in float64 agree, for all transposes around all rules") {
  for (const auto& [m, n, k] : kSizes) {
    for_all_transposes(m, n, k, [](const MatmulSizes& sizes) {
      const Product product(sizes);
      CHECK(product.check(false, Activation::none, false) == "");
      CHECK(product.check(false, Activation::none, true) == "");
    });
  }
}

TEST_CASE("matmul kernel: bias, activation and gate come after the product") {
  for (const auto& [m, n, k] : kSizes) {
    for_all_transposes(m, n, k, [](const MatmulSizes& sizes) {
      const Product product(sizes);
      for (const auto activation :
           {Activation::none, Activation::relu, Activation::sigmoid, Activation::tanh}) {
        CAPTURE(kernels::name(activation));
        CHECK(product.check(true, activation, false) == "");
        CHECK(product.check(false, activation, false) == "");
      }
      CHECK(product.check(false, Activation::none, false, true) == "");
      CHECK(product.check(true, Activation::relu, false, true) == "");
      CHECK(product.check(true, Activation::sigmoid, false, true) == "");
    });
  }
}

TEST_CASE("matmul kernel: rows of the left matrix may lie further apart than they are long") {
  for (const auto& [m, n, k] : kSizes) {
    for_all_transposes(m, n, k, [](MatmulSizes sizes) {
      sizes.lda = (sizes.transpose_a ? sizes.m : sizes.k) + 13;
      CAPTURE(text(sizes));
      const Product product(sizes);
      CHECK(product.check(false, Activation::none, false) == "");
      CHECK(product.check(false, Activation::none, true) == "");
      CHECK(product.check(true, Activation::relu, false) == "");
    });
  }
}

TEST_CASE("matmul kernel: no rows, no columns, and sums of nothing") {
  for (const auto& [m, n, k] :
       std::vector<std::array<std::int64_t, 3>>{{0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {0, 0, 0}}) {
    for_all_transposes(m, n, k, [](const MatmulSizes& sizes) {
      const Product product(sizes);
      CHECK(product.check(true, Activation::relu, false) == "");
      CHECK(product.check(false, Activation::none, true) == "");
    });
  }
}

TEST_CASE("matmul kernel: sizes alone say who computes") {
  const auto by_loops = [](const MatmulSizes& sizes) {
    return Matmul(sizes).implementation() == "loops";
  };
  CHECK(by_loops({.m = 32, .n = 32, .k = 32}));
  CHECK_FALSE(by_loops({.m = 32, .n = 33, .k = 32}));
  CHECK(by_loops({.m = 4, .n = 300, .k = 300}));
  CHECK_FALSE(by_loops({.m = 5, .n = 300, .k = 300}));
  CHECK_FALSE(by_loops({.m = 4, .n = 300, .k = 300, .transpose_b = true}));
  CHECK(by_loops({.m = 8192, .n = 1, .k = 64}));
  CHECK(by_loops({.m = 8192, .n = 64, .k = 1}));
  // Multiples of 32 columns, where there are registers for them, as long as they stay in a cache.
  const bool wide = kernels::has_wide_registers();
  CHECK(by_loops({.m = 128, .n = 256, .k = 64}) == wide);
  CHECK(by_loops({.m = 128, .n = 64, .k = 256}) == wide);
  CHECK(by_loops({.m = 64, .n = 256, .k = 128, .transpose_a = true}) == wide);
  CHECK(by_loops({.m = 128, .n = 768, .k = 1665}) == wide);
  CHECK_FALSE(by_loops({.m = 128, .n = 800, .k = 1665}));
  CHECK(by_loops({.m = 32, .n = 256, .k = 1665, .transpose_a = true}) == wide);
  CHECK(by_loops({.m = 384, .n = 512, .k = 128, .transpose_a = true}) == wide);
  CHECK_FALSE(by_loops({.m = 385, .n = 512, .k = 128, .transpose_a = true}));
  CHECK_FALSE(by_loops({.m = 128, .n = 256, .k = 64, .transpose_b = true}));
  const Matmul large({.m = 64, .n = 65, .k = 64});
  CHECK(large.implementation().starts_with("oneDNN "));
}

TEST_CASE("matmul kernel: a product with bias or activation refuses to accumulate") {
  for (const std::int64_t size : {4, 64, 65}) {
    const MatmulSizes sizes{.m = size, .n = size, .k = size};
    const std::vector<float> x(static_cast<std::size_t>(size * size), 1.0F);
    std::vector<float> y(x);
    const std::string must = "matmul: a product with an epilogue cannot accumulate";
    CHECK_THROWS_WITH(Matmul(sizes, true).run(x.data(), x.data(), x.data(), y.data(), true),
                      must.c_str());
    CHECK_THROWS_WITH(
        Matmul(sizes, false, Activation::relu).run(x.data(), x.data(), nullptr, y.data(), true),
        must.c_str());
    CHECK_THROWS_WITH(Matmul(sizes).run(x.data(), x.data(), nullptr, y.data(), true, x.data()),
                      must.c_str());
  }
}

TEST_CASE("matmul kernel: what is not a number stays so, after relu too") {
  for (const std::int64_t size : {4, 64, 65}) {
    CAPTURE(size);
    const MatmulSizes sizes{.m = size, .n = size, .k = size};
    std::vector<float> x(static_cast<std::size_t>(size * size), 1.0F);
    const std::vector<float> ones(x);
    x[0] = std::numeric_limits<float>::quiet_NaN();
    for (const auto activation :
         {Activation::none, Activation::relu, Activation::sigmoid, Activation::tanh}) {
      CAPTURE(kernels::name(activation));
      std::vector<float> y(x.size());
      Matmul(sizes, false, activation).run(x.data(), ones.data(), nullptr, y.data(), false);
      CHECK(std::isnan(y[0]));
      CHECK_FALSE(std::isnan(y.back()));
    }
  }
}

TEST_CASE("matmul kernel: one product serves all workers at once, with the bits of one") {
  constexpr std::int64_t kProducts = 64;
  const MatmulSizes sizes{.m = 64, .n = 48, .k = 96};
  const Threads set(5);
  const Matmul product(sizes);
  const auto a = random_floats(kProducts * sizes.m * sizes.k, "a");
  const auto b = random_floats(sizes.k * sizes.n, "b");
  const std::int64_t outputs = sizes.m * sizes.n;
  std::vector<float> one(static_cast<std::size_t>(kProducts * outputs));
  std::vector<float> many(one.size());
  const auto run = [&](std::vector<float>& y, std::int64_t i) {
    product.run(a.data() + i * sizes.m * sizes.k, b.data(), nullptr, y.data() + i * outputs, false);
  };
  kernels::alone([&] {
    for (std::int64_t i = 0; i < kProducts; ++i) run(one, i);
  });
  kernels::parallel_for(kProducts, [&](std::int64_t i) { run(many, i); });
  CHECK(one == many);
}

TEST_CASE("matmul kernel: versions and instruction set are said") {
  CHECK(kernels::onednn_runtime() == "TBB");
  CHECK(kernels::onednn_version().find('.') != std::string_view::npos);
  CHECK(kernels::tbb_version().size() >= 6);
  CHECK_FALSE(kernels::instruction_set().empty());
  CHECK_FALSE(kernels::inside_onednn());
}

/// The nearest number of 8 bits, the even one of two.
float to_bfloat16(float x) {
  auto bits = std::bit_cast<std::uint32_t>(x);
  bits += 0x7FFFU + ((bits >> 16) & 1U);
  return std::bit_cast<float>(bits & 0xFFFF0000U);
}

TEST_CASE("matmul kernel: bfloat16 rounds both factors, and sums in float32") {
  for_all_transposes(128, 96, 200, [](const MatmulSizes& sizes) {
    CAPTURE(text(sizes));
    Product product(sizes);
    if (kernels::has_bfloat16()) {
      // Of numbers that are rounded already it is exact; others it rounds to those.
      const auto computed = [&](kernels::MathMode mode) {
        std::vector<float> y(static_cast<std::size_t>(sizes.m * sizes.n));
        const Matmul matmul(sizes, false, Activation::none, mode);
        kernels::alone(
            [&] { matmul.run(product.a.data(), product.b.data(), nullptr, y.data(), false); });
        return y;
      };
      const std::vector<float> exact = computed(kernels::MathMode::float32);
      const std::vector<float> rounded = computed(kernels::MathMode::bfloat16);
      for (float& x : product.a) x = to_bfloat16(x);
      for (float& x : product.b) x = to_bfloat16(x);
      CHECK(computed(kernels::MathMode::bfloat16) == rounded);
      CHECK(rounded != exact);
    }
    for (const bool accumulate : {false, true}) {
      CHECK(product.check(!accumulate, accumulate ? Activation::none : Activation::relu, accumulate,
                          !accumulate, kernels::MathMode::bfloat16) == "");
    }
  });
}

TEST_CASE("matmul kernel: a math mode has a name") {
  CHECK(kernels::math_mode("float32") == kernels::MathMode::float32);
  CHECK(kernels::math_mode("bfloat16") == kernels::MathMode::bfloat16);
  CHECK_THROWS_WITH(kernels::math_mode("half"),
                    "'half' is no math mode; the modes: float32, bfloat16");
}

}  // namespace gradus::tests
