#pragma once

#include <cstdint>

#include "framework/core/options.h"
#include "framework/data/split.h"

namespace gradus {

/// A permutation of all rows, drawn by the seed alone: its first `train` rows are for training, in
/// that order, the next `validation` rows for validation, the next `test` rows for the test; rows
/// beyond those are not used.
class RandomSplit : public Splitter {
 public:
  struct Options {
    double train = 0.8;
    double validation = 0;
    double test = 0.2;
    std::int64_t seed = 42;

    template <class Visitor>
    void fields(Visitor& v) {
      v("train", train, above(0), "rows for training: a count, or below 1 a fraction of all");
      v("validation", validation, at_least(0),
        "rows to choose by while training: a count, or below 1 a fraction of all");
      v("test", test, above(0), "rows for the test: a count, or below 1 a fraction of all");
      v("seed", seed, anything(), "which permutation");
    }
  };

  explicit RandomSplit(const Options& options) : options_(options) {}

  /// Throws Error of config where a count is not whole, or the table has fewer rows.
  Split split(const Table& table) const override;

 private:
  Options options_;
};

}  // namespace gradus
