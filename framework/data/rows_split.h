#pragma once

#include <string>

#include "framework/core/options.h"
#include "framework/data/split.h"

namespace gradus {

/// Row numbers from text files: one a line, from 0, in the order of the source's rows; their
/// order in the file is the order of use. For published splits.
class RowsSplit : public Splitter {
 public:
  struct Options {
    std::string train = {};
    std::string validation = {};
    std::string test = {};

    template <class Visitor>
    void fields(Visitor& v) {
      v("train", train, required(path()), "the file of row numbers for training");
      v("validation", validation, path(), "the file of row numbers to choose by; by default none");
      v("test", test, required(path()), "the file of row numbers for the test");
    }
  };

  explicit RowsSplit(const Options& options) : options_(options) {}

  /// Throws Error, naming file and line, for what is no row number, lies beyond the table, or is
  /// there twice, in one file or in two.
  Split split(const Table& table) const override;

 private:
  Options options_;
};

}  // namespace gradus
