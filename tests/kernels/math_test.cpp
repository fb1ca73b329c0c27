#include "framework/kernels/math.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "framework/kernels/elementwise.h"

// The functions are run as loops run them, as vectors; double precision says what is right.
namespace gradus::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kUnits = 4;
constexpr double kRationalUnits = 8;  // of tanh and erf
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

template <class F>
Tensor applied(const Tensor& x, F f) {
  Tensor y(x.extents());
  unary(x.view(), y.view(), f);
  return y;
}

/// The most units in the last place that f is away from `exact` at many numbers from low to high.
template <class F>
double worst(float low, float high, double (*exact)(double), F f) {
  constexpr std::int64_t kCount = 200'003;
  const Tensor x({kCount});
  for (std::int64_t i = 0; i < kCount; ++i) {
    const double part = static_cast<double>(i) / (kCount - 1);
    x.floats()[static_cast<std::size_t>(i)] = static_cast<float>(low + (high - low) * part);
  }
  const Tensor y = applied(x, f);
  double most = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    const double right = exact(static_cast<double>(x.floats()[i]));
    const auto nearest = static_cast<float>(right);
    if (std::isinf(nearest) || nearest == 0) {
      if (y.floats()[i] != nearest) most = kInfinity;
      continue;
    }
    const int exponent =
        std::max(std::ilogb(nearest), std::numeric_limits<float>::min_exponent - 1);
    const double unit = std::ldexp(1.0, exponent - (std::numeric_limits<float>::digits - 1));
    most = std::max(most, std::abs(static_cast<double>(y.floats()[i]) - right) / unit);
  }
  return most;
}

double exact_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double exact_softplus(double x) { return std::log1p(std::exp(-std::abs(x))) + std::max(x, 0.0); }

constexpr auto kExp = [](float x) { return math::exp(x); };
constexpr auto kExpm1 = [](float x) { return math::expm1(x); };
constexpr auto kLog = [](float x) { return math::log(x); };
constexpr auto kLog1p = [](float x) { return math::log1p(x); };
constexpr auto kTanh = [](float x) { return math::tanh(x); };
constexpr auto kErf = [](float x) { return math::erf(x); };

TEST_CASE("math: every function is exact to units in the last place") {
  CHECK(worst(-87.0F, 89.0F, std::exp, kExp) <= kUnits);
  CHECK(worst(-1.0F, 1.0F, std::exp, kExp) <= kUnits);
  CHECK(worst(-20.0F, 20.0F, std::expm1, kExpm1) <= kUnits);
  CHECK(worst(-1e-3F, 1e-3F, std::expm1, kExpm1) <= kUnits);
  CHECK(worst(0.0F, 4.0F, std::log, kLog) <= kUnits);
  CHECK(worst(1e30F, 3e38F, std::log, kLog) <= kUnits);
  CHECK(worst(std::numeric_limits<float>::min(), 1e-37F, std::log, kLog) <= kUnits);
  CHECK(worst(0.0F, 1.0F, std::log1p, kLog1p) <= kUnits);
  CHECK(worst(0.0F, 1e-5F, std::log1p, kLog1p) <= kUnits);
  CHECK(worst(-12.0F, 12.0F, std::tanh, kTanh) <= kRationalUnits);
  CHECK(worst(-1e-2F, 1e-2F, std::tanh, kTanh) <= kRationalUnits);
  CHECK(worst(-6.0F, 6.0F, std::erf, kErf) <= kRationalUnits);
  CHECK(worst(-1e-2F, 1e-2F, std::erf, kErf) <= kRationalUnits);
  CHECK(worst(-80.0F, 80.0F, exact_sigmoid, [](float x) { return math::sigmoid(x); }) <= kUnits);
  CHECK(worst(-80.0F, 80.0F, exact_softplus, [](float x) { return math::softplus(x); }) <= kUnits);
}

TEST_CASE("math: zeros, infinities and NaN give what <cmath> gives") {
  const std::array<float, 7> special{0.0F, -0.0F, kInfinity, -kInfinity, kNan, -1.0F, 3e38F};
  const Tensor x({7}, special);
  const auto check = [&](const Tensor& y, float (*exact)(float)) {
    for (std::size_t i = 0; i < special.size(); ++i) {
      CAPTURE(special[i]);
      const float right = exact(special[i]);
      const float actual = y.floats()[i];
      const bool same = actual == right || (std::isnan(actual) && std::isnan(right));
      CHECK((same || actual == doctest::Approx(right).epsilon(1e-6)));
    }
  };
  check(applied(x, kExp), std::exp);
  check(applied(x, kExpm1), std::expm1);
  check(applied(x, kLog), std::log);
  check(applied(x, kTanh), std::tanh);
  check(applied(x, kErf), std::erf);
}

TEST_CASE("math: what is smaller than a normal number is zero") {
  const Tensor x({3}, std::array<float, 3>{1e-45F, 1e-38F, std::numeric_limits<float>::min()});
  const Tensor logarithm = applied(x, kLog);
  CHECK(logarithm.floats()[0] == -kInfinity);
  CHECK(logarithm.floats()[1] == -kInfinity);
  CHECK(logarithm.floats()[2] == doctest::Approx(-87.3365448));
  const Tensor power = applied(Tensor({2}, std::array<float, 2>{-88.0F, -1e4F}), kExp);
  CHECK(power.floats()[0] == 0);
  CHECK(power.floats()[1] == 0);
}

}  // namespace
}  // namespace gradus::kernels
