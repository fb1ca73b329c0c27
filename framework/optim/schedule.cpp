#include "framework/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "framework/core/error.h"

namespace gradus {
namespace {

constexpr double kMostSteps = 1e9;

class Constant : public Schedule {
 public:
  struct Options {
    template <class Visitor>
    void fields(Visitor& /*v*/) {}
  };
  explicit Constant(const Options& /*options*/) {}

  double rate(double first, std::int64_t /*steps*/) const override { return first; }
};

class Exponential : public Schedule {
 public:
  struct Options {
    int steps = 1000;
    double rate = 0.96;
    bool staircase = false;
    template <class Visitor>
    void fields(Visitor& v) {
      v("steps", steps, range(1, kMostSteps), "in so many the learning rate shrinks by `rate`");
      v("rate", rate, above(0), "by how much the learning rate is multiplied");
      v("staircase", staircase, anything(), "whether it shrinks at the end of these steps alone");
    }
  };
  explicit Exponential(const Options& options) : options_(options) {}

  double rate(double first, std::int64_t steps) const override {
    const double passed = static_cast<double>(steps) / options_.steps;
    return first * std::pow(options_.rate, options_.staircase ? std::floor(passed) : passed);
  }

 private:
  Options options_;
};

class Polynomial : public Schedule {
 public:
  struct Options {
    int steps = 1000;
    double end_learning_rate = 0.0001;
    double power = 1.0;
    bool cycle = false;
    template <class Visitor>
    void fields(Visitor& v) {
      v("steps", steps, range(1, kMostSteps), "after so many the last learning rate is reached");
      v("end_learning_rate", end_learning_rate, at_least(0), "the last learning rate");
      v("power", power, above(0), "1: in a straight line; more: faster at first");
      v("cycle", cycle, anything(), "whether it rises again, to fall over a multiple of the steps");
    }
  };
  explicit Polynomial(const Options& options) : options_(options) {}

  double rate(double first, std::int64_t steps) const override {
    double all = options_.steps;
    auto done = static_cast<double>(steps);
    if (options_.cycle) {
      all *= std::max(1.0, std::ceil(done / all));
    } else {
      done = std::min(done, all);
    }
    return (first - options_.end_learning_rate) * std::pow(1.0 - done / all, options_.power) +
           options_.end_learning_rate;
  }

 private:
  Options options_;
};

class Cosine : public Schedule {
 public:
  struct Options {
    int steps = 1000;
    double alpha = 0.0;
    template <class Visitor>
    void fields(Visitor& v) {
      v("steps", steps, range(1, kMostSteps), "after so many the last learning rate is reached");
      v("alpha", alpha, range(0, 1), "the last learning rate, as a share of the first");
    }
  };
  explicit Cosine(const Options& options) : options_(options) {}

  double rate(double first, std::int64_t steps) const override {
    const double passed = std::min(1.0, static_cast<double>(steps) / options_.steps);
    const double share = (1.0 + std::cos(std::numbers::pi * passed)) / 2.0;
    return first * ((1.0 - options_.alpha) * share + options_.alpha);
  }

 private:
  Options options_;
};

class Piecewise : public Schedule {
 public:
  struct Options {
    std::vector<int> boundaries;
    std::vector<double> learning_rates;
    template <class Visitor>
    void fields(Visitor& v) {
      v("boundaries", boundaries, each(range(1, kMostSteps)),
        "after so many steps each next learning rate begins; by default none does");
      v("learning_rates", learning_rates, each(above(0)),
        "of the steps after each boundary; by default there are none");
    }
  };
  explicit Piecewise(const Options& options) : options_(options) {
    if (options_.boundaries.size() != options_.learning_rates.size()) {
      fail("there must be a learning rate for each boundary, got {} for {}",
           options_.learning_rates.size(), options_.boundaries.size());
    }
    if (std::ranges::adjacent_find(options_.boundaries, std::greater_equal()) !=
        options_.boundaries.end()) {
      fail("each boundary must be above the one before, got {}",
           fmt::join(options_.boundaries, ", "));
    }
  }

  double rate(double first, std::int64_t steps) const override {
    double now = first;
    for (std::size_t k = 0; k < options_.boundaries.size(); ++k) {
      if (steps > options_.boundaries[k]) now = options_.learning_rates[k];
    }
    return now;
  }

 private:
  Options options_;
};

}  // namespace

const Catalogue<std::unique_ptr<Schedule>()>& schedules() {
  using Signature = std::unique_ptr<Schedule>();
  static const Catalogue<Signature> kKinds{
      kind<Signature, Constant>("constant", "the same learning rate at all steps"),
      kind<Signature, Cosine>("cosine", "falls by half a wave"),
      kind<Signature, Exponential>("exponential", "shrinks by the same factor again and again"),
      kind<Signature, Piecewise>("piecewise", "other learning rates from given steps on"),
      kind<Signature, Polynomial>("polynomial", "falls in a line or a curve"),
  };
  return kKinds;
}

}  // namespace gradus
