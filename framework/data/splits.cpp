#include "framework/data/splits.h"

#include "framework/data/random_split.h"
#include "framework/data/rows_split.h"

namespace gradus {

const Catalogue<std::unique_ptr<Splitter>()>& splitters() {
  using Signature = std::unique_ptr<Splitter>();
  static const Catalogue<Signature> kSplitters = {
      kind<Signature, RandomSplit>("random", "rows drawn at random"),
      kind<Signature, RowsSplit>("rows", "row numbers listed in two files"),
  };
  return kSplitters;
}

}  // namespace gradus
