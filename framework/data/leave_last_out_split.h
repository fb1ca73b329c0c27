#pragma once

#include "framework/core/options.h"
#include "framework/data/split.h"

namespace gradus {

/// Each user's last row is the test, with `validation` the one before it is for validation, and all
/// before those are for training. Of a user's rows of one time, the later one in the table is the
/// later. Nobody's only row is tested: a user with one row is trained on only, one with two has
/// none for validation. No row of a user is trained on that is later than their tested one; rows of
/// other users may be. Within a part, rows are in the table's order.
class LeaveLastOutSplit : public Splitter {
 public:
  struct Options {
    bool validation = false;

    template <class Visitor>
    void fields(Visitor& v) {
      v("validation", validation, anything(),
        "whether each user's row before the last is to "
        "choose by");
    }
  };

  explicit LeaveLastOutSplit(const Options& options) : options_(options) {}

  /// Throws Error of config where the table has no user column or no timestamps, or no user has
  /// rows enough for a part.
  Split split(const Table& table) const override;

 private:
  Options options_;
};

}  // namespace gradus
