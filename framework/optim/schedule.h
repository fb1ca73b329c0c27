#pragma once

#include <cstdint>
#include <memory>

#include "framework/core/component.h"

namespace gradus {

/// How a learning rate goes on with the steps.
class Schedule {
 public:
  virtual ~Schedule() = default;

  /// After so many steps (0 before the first), of a rate that begins as `first`.
  virtual double rate(double first, std::int64_t steps) const = 0;
};

/// All schedules, by the `kind` that a config names:
/// - `constant`: first.
/// - `exponential`: first * rate^(steps / its steps), with `staircase` the quotient's whole part.
///   As Keras' ExponentialDecay.
/// - `polynomial`: (first - end) * (1 - steps / its steps)^power + end, and end after its steps; or
///   with `cycle` its steps doubled, tripled … each time that they are passed. As Keras'
///   PolynomialDecay.
/// - `cosine`: first * ((1 - alpha) * (1 + cos(pi * steps / its steps)) / 2 + alpha), and
///   first * alpha after its steps. As Keras' CosineDecay (Loshchilov and Hutter, 2017).
/// - `piecewise`: learning_rates[k] once boundaries[k] steps have passed, first before. As Keras'
///   PiecewiseConstantDecay; making it throws Error where their numbers differ or boundaries fall.
const Catalogue<std::unique_ptr<Schedule>()>& schedules();

}  // namespace gradus
