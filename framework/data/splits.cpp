#include "framework/data/splits.h"

#include "framework/data/k_folds_split.h"
#include "framework/data/leave_last_out_split.h"
#include "framework/data/random_split.h"
#include "framework/data/rows_split.h"
#include "framework/data/time_split.h"

namespace gradus {

const Catalogue<std::unique_ptr<Splitter>()>& splitters() {
  using Signature = std::unique_ptr<Splitter>();
  static const Catalogue<Signature> kSplitters = {
      kind<Signature, RandomSplit>("random", "rows drawn at random"),
      kind<Signature, RowsSplit>("rows", "row numbers listed in files"),
      kind<Signature, KFoldsSplit>("k_folds", "one of k parts drawn at random is the test"),
      kind<Signature, TimeSplit>("time", "the last rows by time are the test"),
      kind<Signature, LeaveLastOutSplit>("leave_last_out", "each user's last row is the test"),
  };
  return kSplitters;
}

}  // namespace gradus
