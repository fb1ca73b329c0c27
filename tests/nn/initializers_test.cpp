#include "framework/nn/initializers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "framework/core/error.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

Tensor filled(const Initializer& initializer, const Extents& extents) {
  Tensor out(extents);
  initializer(out, Random(5, "weights"));
  return out;
}

struct Moments {
  double mean = 0;
  double deviation = 0;
  double largest = 0;
};

Moments moments(const Tensor& tensor) {
  Moments out;
  double squares = 0;
  for (const float value : tensor.floats()) {
    const auto x = static_cast<double>(value);
    out.mean += x;
    squares += x * x;
    out.largest = std::max(out.largest, std::abs(x));
  }
  const auto count = static_cast<double>(tensor.elements());
  out.mean /= count;
  out.deviation = std::sqrt(squares / count - out.mean * out.mean);
  return out;
}

}  // namespace

TEST_CASE("initialisers by Keras' name have its distribution") {
  constexpr std::int64_t kIn = 400;
  constexpr std::int64_t kOut = 100;
  struct Expected {
    const char* name;
    double deviation;
    double limit;  // of the largest, in deviations; 0: there is none
  };
  const double uniform = std::sqrt(3.0);
  const double truncated = 2 / 0.87962566103423978;
  const Expected all[] = {
      {"random_uniform", 0.05 / uniform, uniform},
      {"random_normal", 0.05, 0},
      {"truncated_normal", 0.05 * 0.87962566103423978, truncated},
      {"glorot_uniform", std::sqrt(2.0 / (kIn + kOut)), uniform},
      {"glorot_normal", std::sqrt(2.0 / (kIn + kOut)), truncated},
      {"he_uniform", std::sqrt(2.0 / kIn), uniform},
      {"he_normal", std::sqrt(2.0 / kIn), truncated},
      {"lecun_uniform", std::sqrt(1.0 / kIn), uniform},
      {"lecun_normal", std::sqrt(1.0 / kIn), truncated},
  };
  for (const Expected& expected : all) {
    CAPTURE(expected.name);
    const Moments m = moments(filled(initializer(expected.name), {kIn, kOut}));
    CHECK(std::abs(m.mean) < 4 * expected.deviation / std::sqrt(kIn * kOut));
    CHECK(m.deviation == doctest::Approx(expected.deviation).epsilon(0.02));
    if (expected.limit == 0) {
      CHECK(m.largest > 3 * expected.deviation);
    } else {
      CHECK(m.largest <= expected.limit * expected.deviation * (1 + 1e-6));
      CHECK(m.largest > 0.98 * expected.limit * expected.deviation);
    }
  }
  CHECK(moments(filled(initializer("zeros"), {3})).largest == 0);
  CHECK(moments(filled(initializer("ones"), {3})).mean == 1);
  CHECK(moments(filled(constant(-2.5), {3})).mean == -2.5);
  CHECK_THROWS_WITH(initializer("glorot"),
                    "initializer: there is no 'glorot'; known are zeros, ones, random_uniform, "
                    "random_normal, truncated_normal, glorot_uniform, glorot_normal, he_uniform, "
                    "he_normal, lecun_uniform, lecun_normal, orthogonal, identity");
}

TEST_CASE("orthogonal weights are, by rows or by columns") {
  for (const auto& shape : {std::pair{5, 12}, std::pair{12, 5}, std::pair{7, 7}}) {
    const int in = shape.first;
    const int out = shape.second;
    const Tensor weights = filled(orthogonal(), {in, out});
    const bool by_rows = in <= out;
    const int count = std::min(in, out);
    const auto element = [&](int vector, int i) {
      const int at = by_rows ? vector * out + i : i * out + vector;
      return static_cast<double>(weights.floats()[static_cast<std::size_t>(at)]);
    };
    for (int a = 0; a < count; ++a) {
      for (int b = 0; b < count; ++b) {
        double dot = 0;
        for (int i = 0; i < std::max(in, out); ++i) dot += element(a, i) * element(b, i);
        CHECK(std::abs(dot - (a == b ? 1 : 0)) < 1e-6);
      }
    }
  }
  const Tensor unit = filled(initializer("identity"), {2, 3});
  CHECK(std::ranges::equal(unit.floats(), std::vector<float>{1, 0, 0, 0, 1, 0}));
  CHECK_THROWS_WITH(filled(orthogonal(), {3}), "orthogonal: weights must be [in, out], not [3]");
  CHECK_THROWS_WITH(filled(identity(), {3}), "identity: weights must be [in, out], not [3]");
}

TEST_CASE("initial values of empty and of short parameters") {
  for (const char* name : {"zeros", "random_normal", "truncated_normal", "glorot_normal"}) {
    CHECK(filled(initializer(name), {0, 4}).elements() == 0);
    CHECK(filled(initializer(name), {4, 0}).elements() == 0);
    CHECK(std::isfinite(filled(initializer(name), {}).floats()[0]));
    CHECK(std::isfinite(filled(initializer(name), {1}).floats()[0]));
  }
  CHECK(filled(orthogonal(), {0, 4}).elements() == 0);
}

}  // namespace gradus
