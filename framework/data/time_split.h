#pragma once

#include "framework/core/options.h"
#include "framework/data/split.h"

namespace gradus {

/// By time: the last rows are the test, the last before those are for validation, all before those
/// are for training. Rows of one time are never divided but go to the later part, which so may have
/// more rows than were asked for: every row of a part is strictly earlier than every row of the
/// next. Within a part, rows are in order of time, those of one time in the table's order.
class TimeSplit : public Splitter {
 public:
  struct Options {
    double validation = 0;
    double test = 0.2;

    template <class Visitor>
    void fields(Visitor& v) {
      v("validation", validation, at_least(0),
        "the last rows before the test's, to choose by: a count, or below 1 a fraction of all");
      v("test", test, above(0), "the last rows: a count, or below 1 a fraction of all");
    }
  };

  explicit TimeSplit(const Options& options) : options_(options) {}

  /// Throws Error of config where the table has no timestamps, or no row is left for training.
  Split split(const Table& table) const override;

 private:
  Options options_;
};

}  // namespace gradus
