#pragma once

#include <cstdint>

#include "framework/core/options.h"
#include "framework/data/split.h"

namespace gradus {

/// A permutation of all rows, drawn by the seed alone, cut into `folds` parts whose sizes differ by
/// one at most: part `fold` is the test, so that each row is tested in one fold. Of the others, in
/// the permutation's order, the last `validation` rows are for validation, the rest for training.
class KFoldsSplit : public Splitter {
 public:
  struct Options {
    int folds = 5;
    int fold = 1;
    double validation = 0;
    std::int64_t seed = 42;

    template <class Visitor>
    void fields(Visitor& v) {
      v("folds", folds, range(2, 1'000'000), "into how many parts the rows are cut");
      v("fold", fold, range(1, 1'000'000), "which part is the test, from 1");
      v("validation", validation, at_least(0),
        "rows to choose by, none of the test's: a count, or below 1 a fraction of all");
      v("seed", seed, anything(), "which permutation");
    }
  };

  explicit KFoldsSplit(const Options& options) : options_(options) {}

  /// Throws Error of config where there is no such fold, the table has fewer rows than folds, or
  /// validation leaves none for training.
  Split split(const Table& table) const override;

 private:
  Options options_;
};

}  // namespace gradus
