#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

/// Functions of one float that loops over many make vectors of, which those of `cmath` do not
/// become: no branch, no call. Within 4 units in the last place of the exact value where they do
/// not say more, and with `cmath`'s values for zeros, infinities and NaN; what is smaller than any
/// normal number is zero, as in FlushDenormals.
namespace gradus::kernels::math {

namespace detail {

constexpr int kMantissaBits = 23;

/// (exp(r) - 1 - r) / r² for |r| up to ln(2) / 2: a minimax polynomial, within 4e-9 of exp(r).
[[gnu::always_inline]] inline float exp_tail(float r) {
  float p = 1.3950491557e-3F;
  p = p * r + 8.3688898012e-3F;
  p = p * r + 4.1666205972e-2F;
  p = p * r + 1.6666518152e-1F;
  return p * r + 0.5F;
}

}  // namespace detail

/// E^x.
[[gnu::always_inline]] inline float exp(float x) {
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kShift = 12582912.0F;  // adding it rounds to a whole number, in the last bits
  constexpr float kLowest = -104.0F;     // below it all is 0, above the highest infinite
  constexpr float kHighest = 89.0F;
  x = x < kLowest ? kLowest : x;
  x = x > kHighest ? kHighest : x;
  const float shifted = x * kLog2E + kShift;
  const float whole = shifted - kShift;
  const float r = (x - whole * kLn2High) - whole * kLn2Low;
  const float y = (detail::exp_tail(r) * (r * r) + r) + 1.0F;
  // Times 2^whole in two steps: the first and the last powers are beyond the normal numbers. The
  // low bits of `shifted` hold `whole`, what is above them is shifted out.
  const auto n = std::bit_cast<std::int32_t>(shifted);
  const std::int32_t half = n >> 1;
  const auto first = std::bit_cast<std::int32_t>(y) + (half << detail::kMantissaBits);
  constexpr auto kOne = std::bit_cast<std::int32_t>(1.0F);
  const std::int32_t second = kOne + ((n - half) << detail::kMantissaBits);
  return std::bit_cast<float>(first) * std::bit_cast<float>(second);
}

/// exp(x) - 1.
[[gnu::always_inline]] inline float expm1(float x) {
  constexpr float kSmall = 0.34F;
  const float near = detail::exp_tail(x) * (x * x) + x;
  const float far = exp(x) - 1.0F;
  return std::abs(x) < kSmall ? near : far;
}

/// The natural logarithm.
[[gnu::always_inline]] inline float log(float x) {
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr std::uint32_t kSqrtHalf = 0x3f3504f3;
  constexpr std::uint32_t kMantissa = 0x007fffff;
  // x = 2^exponent * m with m from sqrt(1/2) to sqrt(2)
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) - kSqrtHalf;
  const auto exponent =
      static_cast<float>(static_cast<std::int32_t>(bits) >> detail::kMantissaBits);
  const auto m = std::bit_cast<float>((bits & kMantissa) + kSqrtHalf);
  // Cephes' logf: log(1 + f) = f - f²/2 + f³ * p(f)
  const float f = m - 1.0F;
  const float z = f * f;
  float p = 7.0376836292e-2F;
  p = p * f - 1.1514610310e-1F;
  p = p * f + 1.1676998740e-1F;
  p = p * f - 1.2420140846e-1F;
  p = p * f + 1.4249322787e-1F;
  p = p * f - 1.6668057665e-1F;
  p = p * f + 2.0000714765e-1F;
  p = p * f - 2.4999993993e-1F;
  p = p * f + 3.3333331174e-1F;
  p = p * f - 0.5F;
  const float y = (f + (p * z + exponent * kLn2Low)) + exponent * kLn2High;
  const float beyond = x >= 0.0F ? -kInfinity : std::numeric_limits<float>::quiet_NaN();
  const float above = x >= std::numeric_limits<float>::min() ? y : beyond;
  return x == kInfinity ? x : above;
}

/// log(1 + x) for x from 0 to infinity, without the rounding of 1 + x.
[[gnu::always_inline]] inline float log1p(float x) {
  const float sum = 1.0F + x;
  const float lost = (x - (sum - 1.0F)) / sum;
  return log(sum) + (x < std::numeric_limits<float>::max() ? lost : 0.0F);
}

/// 1 / (1 + exp(-x)).
[[gnu::always_inline]] inline float sigmoid(float x) { return 1.0F / (1.0F + exp(-x)); }

/// The hyperbolic tangent: the rational function of Eigen's, within 8 units.
[[gnu::always_inline]] inline float tanh(float x) {
  constexpr float kLargest = 7.90531110763549805F;
  constexpr float kSame = 0.0004F;  // below, x itself is nearer
  constexpr float kOne = 9.0F;      // from here on it is 1
  const float t = x > kLargest ? kLargest : (x < -kLargest ? -kLargest : x);
  const float s = t * t;
  float p = -2.76076847742355e-16F;
  p = p * s + 2.00018790482477e-13F;
  p = p * s - 8.60467152213735e-11F;
  p = p * s + 5.12229709037114e-08F;
  p = p * s + 1.48572235717979e-05F;
  p = p * s + 6.37261928875436e-04F;
  p = p * s + 4.89352455891786e-03F;
  float q = 1.19825839466702e-06F;
  q = q * s + 1.18534705686654e-04F;
  q = q * s + 2.26843463243900e-03F;
  q = q * s + 4.89352518554385e-03F;
  const float y = std::abs(x) < kSame ? x : t * (p / q);
  return std::abs(x) > kOne ? std::copysign(1.0F, x) : y;
}

/// log(1 + exp(x)), without overflow.
[[gnu::always_inline]] inline float softplus(float x) {
  return (x < 0 ? 0.0F : x) + log1p(exp(-std::abs(x)));
}

/// The rational function of Eigen's erf, within 8 units.
[[gnu::always_inline]] inline float erf(float x) {
  constexpr float kLargest = 3.832506856900711848F;
  constexpr float kOne = 4.0F;  // from here on it is 1
  const float t = x > kLargest ? kLargest : (x < -kLargest ? -kLargest : x);
  const float s = t * t;
  float p = 2.2905065861350646e-4F;
  p = p * s + 3.4082910107109506e-3F;
  p = p * s + 5.0955695062380861e-2F;
  p = p * s + 1.8520832239976145e-1F;
  p = p * s + 1.128379143519084F;
  float q = -1.1791602954361697e-7F;
  q = q * s + 2.3547966471313185e-5F;
  q = q * s + 1.0179625278914885e-3F;
  q = q * s + 1.4070470171167667e-2F;
  q = q * s + 1.1098505178285362e-1F;
  q = q * s + 4.9746925110067538e-1F;
  q = q * s + 1.0F;
  const float y = t * (p / q);
  return std::abs(x) > kOne ? std::copysign(1.0F, x) : y;
}

}  // namespace gradus::kernels::math
