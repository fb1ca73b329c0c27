#include "framework/train/early_stopping.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace gradus {
namespace {

struct Seen {
  std::int64_t best = 0;
  std::int64_t stopped = 0;  // after which epoch; 0: never
};

Seen watch(const EarlyStopping::Options& options, const std::vector<double>& values) {
  EarlyStopping stopping(options, {});
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto epoch = static_cast<std::int64_t>(i + 1);
    const bool best = stopping.observe(epoch, 10 * epoch, values[i]);
    CHECK(best == (stopping.state().epoch == epoch));
    CHECK(stopping.state().step == 10 * stopping.state().epoch);
    if (stopping.stopped()) return {stopping.state().epoch, epoch};
  }
  return {stopping.state().epoch, 0};
}

void check(const EarlyStopping::Options& options, const std::vector<double>& values,
           const Seen& expected) {
  CAPTURE(options.patience);
  const Seen seen = watch(options, values);
  CHECK(seen.best == expected.best);
  CHECK(seen.stopped == expected.stopped);
}

TEST_CASE("early stopping waits for a better epoch as long as its patience") {
  const std::vector<double> values = {5, 4, 4.5, 4.2, 3, 3.5, 3.4, 3.3, 1};
  check({.patience = 0}, values, {9, 0});
  check({.patience = 1}, values, {2, 3});
  check({.patience = 2}, values, {2, 4});
  check({.patience = 3}, values, {5, 8});
  check({.patience = 4}, values, {9, 0});
  check({.patience = 1, .higher_is_better = true}, values, {1, 2});
}

TEST_CASE("early stopping takes no difference up to the least for a better epoch") {
  check({.patience = 2}, {4, 4, 4}, {1, 3});
  check({.patience = 2, .minimum_improvement = 0.5}, {4, 3.75, 3.5, 1}, {1, 3});
  check({.patience = 2, .minimum_improvement = 0.5}, {4, 3.75, 3.25, 1}, {4, 0});
  check({.patience = 2, .minimum_improvement = 0.5, .higher_is_better = true}, {1, 1.5, 1.75},
        {3, 0});
  check({.patience = 2}, {4, std::nan(""), INFINITY}, {1, 3});
}

TEST_CASE("early stopping goes on from what was seen") {
  const std::vector<double> values = {5, 4, 4.5, 4.2, 4.1, 4.05};
  for (std::size_t cut = 0; cut < values.size(); ++cut) {
    EarlyStopping first({.patience = 3}, {});
    std::int64_t epoch = 0;
    for (; epoch < static_cast<std::int64_t>(cut); ++epoch) {
      first.observe(epoch + 1, 0, values[static_cast<std::size_t>(epoch)]);
    }
    EarlyStopping second({.patience = 3}, first.state());
    while (!second.stopped()) {
      second.observe(epoch + 1, 0, values[static_cast<std::size_t>(epoch)]);
      ++epoch;
    }
    CHECK(epoch == 5);
    CHECK(second.state().epoch == 2);
  }
}

}  // namespace
}  // namespace gradus
